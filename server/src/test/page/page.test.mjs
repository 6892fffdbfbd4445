// The page in a browser: node page.test.mjs
//
// Against the server at MTLORA_URL (with MTLORA_KEY, if it asks for one); without it, against mock.mjs, which also fails on purpose.
// Needs playwright-core, found in NODE_PATH or in the folder MTLORA_PLAYWRIGHT (where `npm install playwright-core` was run), and
// Chromium, found at the usual places or named by MTLORA_CHROMIUM. Where one is missing it says so and ends with 0.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { png, start } from './mock.mjs';

function skip(reason) {
  console.log('skipped: ' + reason);
  process.exit(0);
}

function playwright() {
  const folders = [process.env.MTLORA_PLAYWRIGHT, ...(process.env.NODE_PATH ?? '').split(delimiter)].filter(Boolean);
  for (const folder of folders) {
    for (const at of [folder, join(folder, 'node_modules')]) {
      if (existsSync(join(at, 'playwright-core'))) return createRequire(import.meta.url)(join(at, 'playwright-core'));
    }
  }
  return skip('playwright-core is not there; run npm install playwright-core in a folder and name it with MTLORA_PLAYWRIGHT');
}

const { chromium } = playwright();
const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = [process.env.MTLORA_CHROMIUM, ...usual].find((file) => file && existsSync(file));
if (!executablePath) skip('Chromium is not there; install it, or name it with MTLORA_CHROMIUM');

const mock = process.env.MTLORA_URL ? null : await start();
const url = (process.env.MTLORA_URL ?? mock.url).replace(/\/?$/, '/');
const key = process.env.MTLORA_KEY ?? '';
const authorization = key ? { Authorization: 'Bearer ' + key } : {};

let failures = 0;
function check(what, right, seen = '') {
  if (!right) failures++;
  console.log((right ? 'ok      ' : 'FAILED  ') + what + (right || seen === '' ? '' : ': ' + seen));
}
const same = (what, seen, expected) => check(what, seen === expected, `${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);

// ---- What the page should say, straight from the server ----

/** A picture of a size, with something in it. */
function picture(width, height, hue) {
  const samples = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const inside = (x - 0.4 * width) ** 2 + (y - 0.6 * height) ** 2 < (0.2 * height) ** 2;
    samples.set(inside ? [200, hue, 60] : [(90 + (100 * x) / width) | 0, (90 + (100 * y) / height) | 0, hue], 3 * i);
  }
  return png(width, height, 3, samples);
}

/** Files of a ZIP whose entries are stored. */
function unzip(bytes) {
  const found = new Map();
  let end = bytes.length - 22;
  while (bytes.readUInt32LE(end) !== 0x06054b50) end--;
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const [size, name, extra, comment, local] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    found.set(bytes.toString('utf8', at + 46, at + 46 + name), bytes.subarray(from, from + size));
    at += 46 + name + extra + comment;
  }
  return found;
}

function npy(bytes) {
  const length = 10 + bytes.readUInt16LE(8);
  const [height, width, channels = 1] = /\(([^)]*)\)/.exec(bytes.toString('latin1', 10, length))[1].split(',').filter((s) => s.trim()).map(Number);
  return { height, width, at: (x, y, c = 0) => bytes.readFloatLE(length + 4 * ((y * width + x) * channels + c)) };
}

async function answerOf(model, bytes) {
  const options = { method: 'POST', body: bytes, headers: { 'Content-Type': 'image/png', ...authorization } };
  const response = await fetch(`${url}v1/predict?model=${encodeURIComponent(model)}&format=png,npz&at=image`, options);
  if (!response.ok) throw new Error(`the server answers ${response.status}: ${await response.text()}`);
  return unzip(Buffer.from(await response.arrayBuffer()));
}

/** What is to be read at a pixel: the text, or where the text is words for a vector, the numbers. */
function expected(task, map, x, y) {
  const v = map.at(x, y);
  if (task.classes?.length) return task.classes[v] ?? 'no class';
  if (task.name === 'normals') return '(' + [0, 1, 2].map((c) => map.at(x, y, c)).map((n) => (n < 0 ? '\u2212' : '') + Math.abs(n).toFixed(2)).join(', ') + ')';
  if (task.unit) return v > 0 ? `${v.toFixed(2)} ${task.unit}` : 'not known';
  return (100 * v).toFixed(1) + ' %';
}

// ---- The browser ----

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['camera'] });
context.setDefaultTimeout(60_000);
const strangers = new Set();
const troubles = [];
context.on('request', (request) => {
  const at = request.url();
  if (!at.startsWith(url) && !/^(data|blob):/.test(at)) strangers.add(at);
});

async function open(options) {
  const page = options ? await (await browser.newContext(options)).newPage() : await context.newPage();
  page.on('pageerror', (e) => troubles.push(e.message));
  page.on('console', (m) => { if (m.type() === 'error' && !/status of (401|422|503)|favicon/.test(m.text())) troubles.push(m.text()); });
  await page.goto(url);
  if (key) {
    await page.locator('#keys[open]').waitFor();
    await page.fill('#key', key);
    await page.keyboard.press('Enter');
  }
  await page.waitForFunction(() => document.querySelectorAll('#about li').length > 0);
  return page;
}

/** Files come as from a folder of the desktop, or the clipboard. */
async function bring(page, how, ...files) {
  const plain = files.map(([name, type, bytes]) => [name, type, bytes.toString('base64')]);
  await page.evaluate(([way, all]) => {
    const carried = new DataTransfer();
    for (const [name, type, text] of all) carried.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
    const event = way === 'drop' ? new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }) : new ClipboardEvent('paste', { clipboardData: carried, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
  }, [how, plain]);
}

const done = (page, count) => page.waitForFunction((n) => document.querySelectorAll('#strip .done').length === n && !document.querySelector('#mix').hidden, count);
const pixels = (page) => page.locator('.stage canvas').first().evaluate((c) => c.toDataURL());
const choose = (page, name) => page.locator(`#tasks input[value="${name}"]`).check();
const big = (page) => page.locator('#big').innerText();
const drawn = (page) => page.waitForTimeout(300);

try {
  const page = await open();
  check('an empty page explains itself', await page.locator('#drop').isVisible());

  // A picture is dropped and predicted.
  const [width, height] = [240, 160];
  const bytes = picture(width, height, 120);
  const { models } = await (await fetch(url + 'v1/models', { headers: authorization })).json();
  const model = models.find((m) => m.ready !== false);
  await bring(page, 'drop', ['room.png', 'image/png', bytes]);
  await done(page, 1);
  check('a dropped picture is predicted', true);
  same('there is a tab for every task, and one for all', await page.locator('#tasks input').count(), model.tasks.length + 1);
  check('the time is shown', /\d (ms|s)$/.test(await page.locator('#total').innerText()));
  await page.waitForFunction(() => document.querySelector('#live').textContent.includes('room.png'));
  check('the end is said in the live region', true);

  // The slider.
  await drawn(page);
  const before = await pixels(page);
  await page.locator('#opacity').focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('PageUp');
  const after = await pixels(page);
  check('the slider changes the picture', before !== after);
  await page.keyboard.press('Home');
  const bare = await pixels(page);
  check('at 0 % there is the picture alone', bare !== before && (await page.locator('#percent').innerText()) === '0 %');
  await page.locator('#opacity').fill('65');

  // Values under the pointer.
  const answer = await answerOf(model.name, bytes);
  const points = [[0, 40], [width - 1, 130], [96, 96], [120, 20], [30, 140], [201, 77]];
  for (const task of model.tasks) {
    await choose(page, task.name);
    const map = npy(answer.get(task.name + '.npy'));
    same(`${task.name}: the map is as large as the picture`, `${map.width} x ${map.height}`, `${width} x ${height}`);
    const wrong = [];
    const box = await page.locator('.stage').boundingBox();
    for (const [x, y] of points) {
      await page.mouse.move(box.x + ((x + 0.5) / width) * box.width, box.y + ((y + 0.5) / height) * box.height);
      const pixel = await page.locator('[data-of=pixel]').innerText();
      const vector = page.locator('[data-of=vector]');
      const text = task.name === 'normals' && (await vector.count()) ? await vector.innerText() : await big(page);
      if (pixel !== `x ${x}, y ${y}` || text !== expected(task, map, x, y)) wrong.push(`${pixel}: ${text} instead of ${expected(task, map, x, y)} at x ${x}, y ${y}`);
      if (task.name === 'normals' && map.at(x, y) < -0.5 && !/left/.test(await big(page))) wrong.push(`not left: ${await big(page)}`);
      if (task.name === 'normals' && map.at(x, y, 1) > 0.5 && !/up/.test(await big(page))) wrong.push(`not up: ${await big(page)}`);
    }
    check(`${task.name}: values under the pointer are the answer's`, !wrong.length, wrong.join('; '));
  }

  // The legend of classes.
  const classes = model.tasks.find((t) => t.classes?.length);
  if (classes) {
    await choose(page, classes.name);
    await page.locator('#legend .classes button').first().waitFor();
    const map = npy(answer.get(classes.name + '.npy'));
    const counts = new Map();
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) counts.set(map.at(x, y), (counts.get(map.at(x, y)) ?? 0) + 1);
    const wanted = [...counts].sort((a, b) => b[1] - a[1]);
    same('the legend has the classes that occur', await page.locator('#legend .classes li').count(), wanted.length);
    same('the largest comes first, with its share', (await page.locator('#legend .classes button').first().innerText()).replace(/\s+/g, ' ').trim(), `${classes.classes[wanted[0][0]]} ${((100 * wanted[0][1]) / (width * height)).toFixed(1)} %`);
    await drawn(page);
    const plain = await pixels(page);
    await page.locator('#legend .classes button').first().focus();
    check('focus on a class shows where it is', plain !== (await pixels(page)));
    await page.locator('#opacity').focus();
    check('and leaves with the focus', plain === (await pixels(page)));
  }

  // The keyboard.
  await choose(page, model.tasks[0].name);
  await page.locator('#tasks input:checked').focus();
  await page.keyboard.press('ArrowRight');
  same('the arrow keys change the task', await page.locator('#tasks input:checked').getAttribute('value'), model.tasks[1].name);
  check('the focus stays on it', await page.locator('#tasks input:checked').evaluate((e) => e === document.activeElement));
  await page.keyboard.press('Tab');
  check('Tab comes to the picture', await page.locator('.stage').evaluate((e) => e === document.activeElement));
  await page.keyboard.press('Home');
  for (const press of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', 'Shift+ArrowRight']) await page.keyboard.press(press);
  same('the arrow keys move the point', await page.locator('[data-of=pixel]').innerText(), `x ${width / 2 - 4 + 1}, y ${height / 2 - 2}`);
  const second = npy(answer.get(model.tasks[1].name + '.npy'));
  same('and read the value there', await big(page), expected(model.tasks[1], second, width / 2 - 3, height / 2 - 2));
  await page.waitForFunction(() => document.querySelector('#spoken').textContent.length > 0);
  check('which is said, too', (await page.locator('#spoken').innerText()).includes(await big(page)));

  // All side by side.
  await choose(page, '*');
  same('side by side are the picture and all maps', await page.locator('#many .stage').count(), model.tasks.length + 1);
  await choose(page, model.tasks[1].name);

  // Downloads.
  const download = async (name) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: new RegExp(`^${name}:`) }).click()]);
    return [file.suggestedFilename(), readFileSync(await file.path())];
  };
  const of = model.tasks[1].name;
  const [npyName, npyBytes] = await download('NumPy');
  check('NumPy is the array of the answer', npyName === `room_${of}.npy` && npyBytes.equals(answer.get(of + '.npy')), npyName);
  for (const [button, ending] of [['PNG', '.png'], ['16-bit PNG', '_16.png'], ['Overlay', '_overlay.png']]) {
    const [name, file] = await download(button);
    check(`${button} is a PNG as large as the picture`, name === `room_${of}${ending}` && file.readUInt32BE(0) === 0x89504e47 && file.readUInt32BE(16) === width, name);
  }
  check('JSON can be parsed', Boolean(JSON.parse((await download('JSON'))[1])));
  check('the ZIP has all maps', unzip((await download('All as ZIP'))[1]).has(of + '.npy'));

  // What is no picture.
  await bring(page, 'drop', ['notes.txt', 'text/plain', Buffer.from('no picture')]);
  await page.locator('#strip .failed').waitFor();
  const words = await page.locator('#words').innerText();
  check('a text file gets a sentence that says what to do', /notes\.txt is not a picture/.test(words) && /Choose a JPEG or a PNG/.test(words), words);

  // Several, from the clipboard; one is removed.
  await bring(page, 'paste', ['b.png', 'image/png', picture(90, 120, 30)], ['c.png', 'image/png', picture(60, 60, 220)]);
  await page.waitForFunction(() => document.querySelectorAll('#strip .done').length === 3);
  check('pasted pictures are predicted one after another', true);
  await page.getByRole('button', { name: 'Remove notes.txt' }).click();
  same('a picture can be removed', await page.locator('#strip li').count(), 3);

  // The camera.
  await page.locator('#tools .shoot').click();
  await page.waitForFunction(() => document.querySelector('#video').videoWidth > 0);
  await page.locator('#shot:enabled').click();
  await done(page, 4);
  check('the camera gives a picture', (await page.locator('#strip [aria-current]').getAttribute('aria-label')) === 'camera.jpg');

  // A photograph that was turned: red to the left in the file, and on top as it is seen.
  const text = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 120, height: 80 });
    const brush = canvas.getContext('2d');
    brush.fillStyle = '#f00';
    brush.fillRect(0, 0, 60, 80);
    brush.fillStyle = '#00f';
    brush.fillRect(60, 0, 60, 80);
    return canvas.toDataURL('image/jpeg').split(',')[1];
  });
  const jpeg = Buffer.from(text, 'base64');
  const exif = Buffer.from('ffe100224578696600004d4d002a00000008000101120003000000010006000000000000', 'hex');
  await bring(page, 'drop', ['turned.jpg', 'image/jpeg', Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])]);
  await done(page, 5);
  await page.locator('#opacity').fill('0');
  const turned = await page.locator('.stage canvas').evaluate((c) => [c.width < c.height, c.getContext('2d').getImageData(c.width / 2, 20, 1, 1).data[0], c.getContext('2d').getImageData(c.width / 2, c.height - 20, 1, 1).data[2]]);
  check('a turned photograph stands upright, and so does its answer', turned[0] && turned[1] > 200 && turned[2] > 200, turned.join());
  await page.locator('.stage').focus();
  for (const press of ['End', 'Home']) await page.keyboard.press(press);
  same('its middle is that of the turned picture', await page.locator('[data-of=pixel]').innerText(), 'x 40, y 60');
  await page.close();

  // A phone, and the dark.
  for (const colorScheme of ['light', 'dark']) {
    const phone = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme });
    const wide = () => phone.evaluate(() => document.documentElement.scrollWidth);
    const empty = await wide();
    await bring(phone, 'drop', ...Array.from({ length: 4 }, (_, i) => [`a long name of a picture from a phone ${i}.png`, 'image/png', picture(48, 64, 50 * i)]));
    await done(phone, 4);
    const full = await wide();
    await choose(phone, '*');
    await drawn(phone);
    check(`360 px, ${colorScheme}: nothing to scroll sideways`, Math.max(empty, full, await wide()) <= 360, [empty, full, await wide()].join());
    await phone.context().close();
  }

  // What goes wrong on the way.
  if (mock) {
    mock.loading = 2;
    const other = await open();
    check('class names are text, not markup', (await other.locator('#about b b').count()) === 0);
    const small = ['d.png', 'image/png', picture(48, 32, 90)];
    await bring(other, 'drop', small);
    await other.getByText('Waiting for the model to be loaded.').waitFor();
    await done(other, 1);
    check('a picture waits for the model', true);
    await other.getByRole('button', { name: 'Remove d.png' }).click();
    mock.busy = 1;
    const asked = mock.asked;
    await bring(other, 'drop', small);
    await other.getByText('The server is busy. Trying again in 1 s.').waitFor();
    await done(other, 1);
    same('a busy server is asked again when it says', mock.asked - asked, 2);
    mock.fail = 'The picture has more than 64 million pixels. Send a smaller one.';
    await bring(other, 'drop', small);
    await other.locator('#words').getByText(mock.fail).waitFor();
    check('what the server says is shown', true);
    mock.fail = '';
    await other.getByRole('button', { name: 'Try again' }).click();
    await done(other, 2);
    check('and can be tried again', true);
    mock.delay = 5000;
    await bring(other, 'drop', small, small);
    await other.locator('#strip .working').waitFor();
    await other.locator('#stop').click();
    await other.waitForFunction(() => document.querySelectorAll('#strip .stopped').length === 2);
    check('Stop ends the picture in work and those that wait', true);
    mock.delay = 10;
    await other.locator('#model').selectOption({ index: 1 });
    await other.waitForFunction(() => document.querySelectorAll('#strip .done').length === 4);
    check('another model predicts the pictures anew', true);
    mock.key = 'sesame';
    await bring(other, 'drop', small);
    await other.locator('#keys[open]').waitFor();
    await other.fill('#key', 'wrong');
    await other.keyboard.press('Enter');
    await other.getByText('did not take that key').waitFor();
    await other.fill('#key', 'sesame');
    await other.keyboard.press('Enter');
    await done(other, 5);
    check('a key is asked for, and again if it is wrong', true);
    mock.key = '';
    mock.close();
    mock.drop();
    await bring(other, 'drop', small);
    await other.locator('#words').getByText('The server does not answer').waitFor();
    check('a server that is gone is said', true);
    const gone = troubles.findIndex((t) => /ERR_CONNECTION/.test(t));
    if (gone >= 0) troubles.splice(gone, 1);
  } else {
    console.log('        refusals, keys and cancelling are checked without MTLORA_URL');
  }
} catch (e) {
  check('the test runs to its end', false, e.message);
}
check('no request leaves the server', !strangers.size, [...strangers].join(' '));
check('the browser has nothing to complain of', !troubles.length, troubles.join(' | '));
await browser.close();
mock?.close();
console.log(failures ? `${failures} failed` : 'all passed');
process.exit(failures ? 1 : 0);
