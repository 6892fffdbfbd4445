// A server that answers as the real one does, with made-up maps, for the test of the page: node mock.mjs [PORT]
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

const PAGE = fileURLToPath(new URL('../../main/resources/dev/mtlora/server/page/index.html', import.meta.url));
const CLASSES = ['bed', 'books', 'ceiling', 'chair', 'floor', 'furniture', 'objects', 'picture', 'sofa', 'table', 'tv', 'wall', '<b>window</b>'];
const COLOURS = ['#4f6db8', '#8a5a9e', '#d8d3c4', '#e08e45', '#9c7b5e', '#5f9e8f', '#c95d63', '#e2c044', '#6b8e4e', '#b0713d', '#3c3c52', '#c9c2b2', '#8ec3e0'];

export const TASKS = [
  { name: 'semseg', form: 'class indices 0..12', classes: CLASSES, colors: COLOURS, unit: '' },
  { name: 'depth', form: 'one value per pixel in m', unit: 'm' },
  { name: 'normals', form: 'directions: unit vectors', unit: '' },
  { name: 'sal', form: 'mask of 0 and 1', unit: '' },
  { name: 'edge', form: 'mask of 0 and 1', unit: '' },
];

// ---- Files ----

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
function crc(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = TABLE[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** A PNG of rows of samples: 1 or 3 channels, 8 or 16 bits. */
export function png(width, height, channels, samples, bits = 8) {
  const size = bits / 8;
  const raw = Buffer.alloc(height * (1 + width * channels * size));
  for (let y = 0, at = 0, i = 0; y < height; y++) {
    at++; // no filter
    for (let n = 0; n < width * channels; n++, i++) at = size === 1 ? raw.writeUInt8(samples[i], at) : raw.writeUInt16BE(samples[i], at);
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc(body), body.length + 4);
    return whole;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([bits, channels === 3 ? 2 : 0], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', deflateSync(raw, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

function npy(values, shape) {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const text = dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  return Buffer.concat([head, Buffer.from(text), Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

/** A ZIP of stored files. */
function zip(files) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, data] of files) {
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(title.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), common, title, data);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, tail, title);
    at += 30 + title.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

/** Height and width as the picture is seen, or null: of a JPEG, the orientation of its EXIF counts. */
export function sizeOf(bytes) {
  if (bytes.length > 24 && bytes.readUInt32BE(0) === 0x89504e47) return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let turned = false;
  for (let at = 2; at + 9 < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1];
    if (marker === 0xe1 && bytes.toString('latin1', at + 4, at + 8) === 'Exif') {
      const tiff = at + 10;
      const little = bytes[tiff] === 0x49;
      const short = (i) => (little ? bytes.readUInt16LE(i) : bytes.readUInt16BE(i));
      const ifd = tiff + (little ? bytes.readUInt32LE(tiff + 4) : bytes.readUInt32BE(tiff + 4));
      for (let n = 0; n < short(ifd); n++) {
        const entry = ifd + 2 + 12 * n;
        if (short(entry) === 0x0112) turned = short(entry + 8) >= 5;
      }
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      return turned ? { width: height, height: width } : { width, height };
    }
  }
  return null;
}

// ---- Maps ----

/** A made-up room: a back wall with a window and a picture, a floor, a ceiling and a ball. */
export function madeUp(width, height) {
  const maps = { semseg: new Float32Array(width * height), depth: new Float32Array(width * height), normals: new Float32Array(3 * width * height), sal: new Float32Array(width * height), edge: new Float32Array(width * height) };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [u, v] = [(x + 0.5) / width, (y + 0.5) / height];
      const [bx, by] = [(u - 0.4) / 0.16, (v - 0.68) / 0.2];
      const inside = 1 - bx * bx - by * by;
      let [kind, depth, normal] = [11, 4 + u, [0, 0, 1]];
      if (v > 0.72) [kind, depth, normal] = [4, 3.2 / (v - 0.05), [0, 1, 0]];
      else if (v < 0.12) [kind, depth, normal] = [2, 2 / (0.5 - v), [0, -1, 0]];
      else if (u > 0.82) [kind, depth, normal] = [5, 3.5 - u, [-0.8, 0, 0.6]];
      else if (u > 0.5 && u < 0.7 && v > 0.2 && v < 0.5) kind = 12;
      if (inside > 0) [kind, depth, normal] = [3, 2.5 - 0.4 * Math.sqrt(inside), [bx, -by, Math.sqrt(inside)]];
      maps.semseg[i] = kind;
      maps.depth[i] = depth;
      maps.normals.set(normal, 3 * i);
      maps.sal[i] = 1 / (1 + Math.exp(-6 * (inside + 0.15)));
      maps.edge[i] = Math.exp(-60 * Math.min(Math.abs(inside) / 2, Math.abs(v - 0.72), Math.abs(v - 0.12), Math.abs(u - 0.82)));
    }
  }
  return maps;
}

/** Pale where near, dark where far. */
function depthColour(metres) {
  const s = metres / (metres + 3);
  return [255 - 235 * s * s, 240 - 235 * s ** 0.8, 160 - 60 * Math.sin(3 * s)].map((v) => Math.max(0, v));
}

function colours(task, values, pixels) {
  const out = new Uint8ClampedArray(3 * pixels);
  const palette = COLOURS.map((c) => [1, 3, 5].map((at) => parseInt(c.slice(at, at + 2), 16)));
  for (let i = 0; i < pixels; i++) {
    if (task === 'normals') for (let c = 0; c < 3; c++) out[3 * i + c] = 127.5 * (values[3 * i + c] + 1);
    else if (task === 'semseg') out.set(palette[values[i]] ?? [80, 90, 110], 3 * i);
    else out.set(task === 'depth' ? depthColour(values[i]) : [255, 255, 255].map((w) => w * values[i]), 3 * i);
  }
  return out;
}

function files(format, size, maps, made) {
  const { width, height } = size;
  const pixels = width * height;
  const all = [];
  for (const { name } of TASKS) {
    const channels = name === 'normals' ? 3 : 1;
    if (format.includes('png')) all.push([name + '.png', png(width, height, 3, colours(name, maps[name], pixels))]);
    if (format.includes('npz')) all.push([name + '.npy', npy(maps[name], channels === 3 ? [height, width, 3] : [height, width])]);
    if (format.includes('overlay')) all.push([name + '_overlay.png', png(width, height, 3, colours(name, maps[name], pixels))]);
    if (format.includes('png16')) {
      const factor = { semseg: 1, depth: 1000 }[name] ?? 65535;
      const whole = Uint16Array.from(maps[name], (v) => Math.round(channels === 3 ? 32767.5 * (v + 1) : factor * v));
      all.push([name + '_16.png', png(width, height, channels, whole, 16)]);
    }
  }
  if (format.includes('json')) all.push(['prediction.json', Buffer.from(JSON.stringify({ width, height, tasks: TASKS.map((t) => t.name), made }))]);
  return zip(all);
}

// ---- The server ----

/** What the page needs and no more; the real server sends the same. */
export function policy(html) {
  const hash = (tag) => `'sha256-${createHash('sha256').update(new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)[1]).digest('base64')}'`;
  return `default-src 'none'; script-src ${hash('script')}; style-src ${hash('style')}; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/**
 * Starts it on a free port, or a given one. Options: maps, a function of bytes, width and height; delay in ms; key, which is then asked for.
 * What comes back may be changed while it runs: busy, how many questions are refused with 503; loading, how often models are said not to be ready; fail, a sentence that all are refused with.
 */
export async function start({ port = 0, maps, delay = 60, key = '' } = {}) {
  const state = { busy: 0, loading: 0, fail: '', delay, key, asked: 0 };
  const server = createServer(async (request, response) => {
    const at = new URL(request.url, 'http://localhost');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const json = (status, value, headers = {}) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
    if (request.method === 'GET' && at.pathname === '/') {
      const html = readFileSync(PAGE, 'utf8');
      return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy(html) }).end(html);
    }
    if (state.key && request.headers.authorization !== 'Bearer ' + state.key) return json(401, { error: 'Send the key of this server.' });
    if (request.method === 'GET' && at.pathname === '/v1/models') {
      const ready = state.loading-- <= 0;
      const of = (name) => ({ name, ready, height: 128, width: 128, tasks: TASKS });
      return json(200, { models: [of('nyu'), of('nyu-large')] });
    }
    if (request.method !== 'POST' || at.pathname !== '/v1/predict') return json(404, { error: 'There is nothing here.' });
    state.asked++;
    if (state.busy > 0) {
      state.busy--;
      return json(503, { error: 'Busy.' }, { 'Retry-After': '1' });
    }
    if (state.fail) return json(422, { error: state.fail });
    const size = sizeOf(bytes);
    if (!size) return json(400, { error: 'This is not a JPEG or PNG. Send one of these.' });
    const made = maps?.(bytes, size.width, size.height) ?? madeUp(size.width, size.height);
    const answer = files(at.searchParams.get('format').split(','), size, made, at.searchParams.get('model'));
    await new Promise((done) => setTimeout(done, state.delay));
    response.writeHead(200, { 'Content-Type': 'application/zip', 'Server-Timing': `decode;dur=4.1, queue;dur=0.2, compute;dur=${state.delay}, encode;dur=18.5` }).end(answer);
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return Object.assign(state, { url: `http://localhost:${server.address().port}/`, close: () => server.close(), drop: () => server.closeAllConnections() });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await start({ port: Number(process.argv[2] ?? 8080) })).url);
