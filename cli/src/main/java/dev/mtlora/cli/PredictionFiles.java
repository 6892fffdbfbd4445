package dev.mtlora.cli;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Png;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Legend;
import dev.mtlora.model.PredictedMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes predictions as files, each whole or not at all.
 *
 * @param out the folder
 * @param formats that are wanted
 * @param legends true for a legend below every picture
 * @param sources files that must stay as they are
 */
record PredictionFiles(Path out, Set<Format> formats, boolean legends, Sources sources) {
  /** What can be written of a prediction. */
  enum Format {
    PNG(".png", true),
    PANEL("_panel.png", false),
    OVERLAY("_overlay.png", true),
    PNG16("_16.png", true),
    NPY(".npy", true),
    JSON(".json", false);

    private final String end;
    private final boolean ofTask;

    Format(String end, boolean ofTask) {
      this.end = end;
      this.ofTask = ofTask;
    }

    /** The name of the file of a picture; the task counts where each has its own. */
    String file(String name, String task) {
      return name + (ofTask ? "_" + task : "") + end;
    }
  }

  /**
   * Writes one.
   *
   * @throws DataException if it cannot be written, or would replace a picture that is predicted
   */
  void write(Seen seen) {
    seen.pictures().forEach((task, picture) -> write(seen, task, picture));
    if (formats.contains(Format.PANEL)) {
      write(Format.PANEL.file(seen.name(), ""), PredictionPanel.of(seen).png());
    }
    if (formats.contains(Format.JSON)) {
      byte[] json = seen.prediction().json().getBytes(StandardCharsets.UTF_8);
      write(Format.JSON.file(seen.name(), ""), json);
    }
  }

  private void write(Seen seen, String task, Rgb picture) {
    String name = seen.name();
    PredictedMap map = seen.prediction().of(task);
    if (formats.contains(Format.PNG)) {
      write(Format.PNG.file(name, task), shown(picture, map));
    }
    if (formats.contains(Format.OVERLAY)) {
      write(Format.OVERLAY.file(name, task), shown(map.overlay(seen.photograph()), map));
    }
    if (formats.contains(Format.PNG16)) {
      write(Format.PNG16.file(name, task), map.png16());
    }
    if (formats.contains(Format.NPY)) {
      write(Format.NPY.file(name, task), map.npy());
    }
  }

  private byte[] shown(Rgb picture, PredictedMap map) {
    return (legends ? Legend.under(picture, map) : picture).png();
  }

  /**
   * Writes a file.
   *
   * @throws DataException if it cannot be written, or is one of the pictures
   */
  void write(String name, byte[] bytes) {
    Path file = out.resolve(name);
    requireOther(file);
    Png.write(file, bytes);
  }

  private void requireOther(Path file) {
    if (sources.has(file)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is one of the pictures, and a prediction of another would replace it; name another"
                  + " folder with --out",
              file));
    }
  }

  /** Fails if what will be written of pictures would replace one of the pictures. */
  void requireNew(List<String> names, List<String> tasks) {
    for (String name : names) {
      for (Format format : formats) {
        tasks.forEach(task -> requireOther(out.resolve(format.file(name, task))));
      }
    }
  }
}
