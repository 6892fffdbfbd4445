package dev.mtlora.server;

import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What a prediction can be sent as. */
enum PictureFormat {
  /** As the task is shown. */
  PNG(".png"),
  /** 16 bits: class indices, millimetres, probabilities and vectors times 65,535. */
  PNG16("_16.png"),
  /** Over the picture. */
  OVERLAY("_overlay.png"),
  /** The numbers, for NumPy. */
  NPZ(".npy"),
  /** Numbers in words, of all tasks. */
  JSON("");

  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final String end;

  PictureFormat(String end) {
    this.end = end;
  }

  private byte[] of(PredictedMap map, Raster picture) {
    return switch (this) {
      case PNG -> map.picture().png();
      case PNG16 -> map.png16();
      case OVERLAY -> map.overlay(Rgb.of(picture)).png();
      case NPZ -> map.npy();
      case JSON -> throw new IllegalStateException("JSON is of all tasks");
    };
  }

  /** The picture itself, if only one is wanted, the JSON, or else a zip. */
  static Answer answer(Prediction seen, Raster picture, Set<PictureFormat> formats) {
    byte[] json =
        formats.contains(JSON) ? seen.json().getBytes(StandardCharsets.UTF_8) : new byte[0];
    if (formats.equals(Set.of(JSON))) {
      return Answer.of(Answer.JSON, json);
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    seen.maps()
        .forEach(
            (task, map) -> {
              for (PictureFormat format : formats) {
                if (format != JSON) {
                  files.put(task + format.end, format.of(map, picture));
                }
              }
            });
    if (files.size() == 1 && formats.size() == 1 && !formats.contains(NPZ)) {
      return Answer.of("image/png", files.values().iterator().next());
    }
    if (formats.contains(JSON)) {
      files.put("prediction.json", json);
    }
    return Answer.of("application/zip", zip(files));
  }

  /** Stored, not packed: PNGs are, and a page can read it without unpacking. */
  private static byte[] zip(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(NO_TIME);
        entry.setSize(file.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return bytes.toByteArray();
  }
}
