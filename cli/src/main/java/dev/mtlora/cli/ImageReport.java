package dev.mtlora.cli;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.data.Transform;
import dev.mtlora.data.transform.IgnoreRegions;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.Resize;
import dev.mtlora.image.Block;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Predictor;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.Scoring;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import dev.mtlora.train.ImageScore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Scores of single images as files: {@code images.csv}, lines {@code image,task,score,value}; and
 * {@code worst_best_TASK.png}, the images that a task does worst and best on, with label and
 * prediction.
 *
 * @param folder where to write, made if it is not there
 */
record ImageReport(Path folder) {
  private static final int SHOWN = 4;
  private static final int CELL = 192;

  /** The images to show of one task, the worst one and the best one first. */
  record Extremes(List<ImageScore> worst, List<ImageScore> best) {
    /** Up to {@value #SHOWN} each; no image is both, and of an odd number one more is worst. */
    static Extremes of(List<ImageScore> images) {
      List<ImageScore> sorted = new ArrayList<>(images);
      Comparator<ImageScore> ascending = Comparator.comparingDouble(ImageScore::value);
      boolean down = images.stream().anyMatch(ImageScore::lowerIsBetter);
      sorted.sort(down ? ascending.reversed() : ascending);
      int size = sorted.size();
      List<ImageScore> best = sorted.subList(size - Math.min(SHOWN, size / 2), size);
      List<ImageScore> reversed = new ArrayList<>(best);
      Collections.reverse(reversed);
      return new Extremes(sorted.subList(0, Math.min(SHOWN, (size + 1) / 2)), reversed);
    }
  }

  /**
   * Writes all files.
   *
   * @param of what they are shown of
   */
  void write(List<ImageScore> images, Shown of) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("images.csv"), csv(images));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
                  Locale.ROOT,
                  "cannot write the scores of images to %s (%s): is there space left, and may you write",
                  folder,
                  e)
              + " there?",
          e);
    }
    for (Task task : of.predictor().tasks()) {
      List<ImageScore> own = images.stream().filter(i -> i.task().equals(task.name())).toList();
      if (!own.isEmpty()) {
        draw(task, Extremes.of(own), of);
      }
    }
  }

  static String csv(List<ImageScore> images) {
    StringBuilder lines = new StringBuilder("image,task,score,value\n");
    for (ImageScore image : images) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%s,%s,%s,%s\n",
              ScoreFiles.quoted(image.image()),
              image.task(),
              image.score(),
              image.value()));
    }
    return lines.toString();
  }

  /**
   * What images are shown of.
   *
   * @param set the images, before they are resized
   * @param resize to what the model sees
   * @param predictor what scored them
   */
  record Shown(Dataset set, Resize resize, Predictor predictor) {
    /** A model of ours. */
    static Shown of(Scoring scored) {
      Predictor predictor = Predictor.of(scored.model(), scored.assembly().resize().fit());
      return of(scored.assembly(), scored.split(), predictor);
    }

    /** Whatever predicts. */
    static Shown of(Assembly assembly, Split split, Predictor predictor) {
      return new Shown(assembly.samples(split), assembly.resize(), predictor);
    }
  }

  private void draw(Task task, Extremes extremes, Shown of) {
    Sheet sheet = new Sheet(List.of("image", "label", "prediction"), CELL, CELL);
    extremes.worst().forEach(image -> add(sheet, "worst", image, task, of));
    extremes.best().forEach(image -> add(sheet, "best", image, task, of));
    sheet.write(folder.resolve("worst_best_" + task.name() + ".png"));
  }

  private static void add(Sheet sheet, String rank, ImageScore image, Task task, Shown of) {
    Rng rng = new Rng(image.index());
    Sample sample = of.set().get(image.index(), rng);
    Transform toContent = of.resize().toContent(sample.image());
    Sample seen = new Pipeline(List.of(toContent, new IgnoreRegions())).apply(sample, rng);
    Block label = Batch.of(List.of(seen)).labels().get(task.name());
    Block prediction = of.predictor().predict(sample.image()).get(task.name());
    sheet.add(
        String.format(Locale.ROOT, "%s %.4f %s", rank, image.value(), image.image()),
        Arrays.asList(
            Rgb.of(seen.image()),
            Panel.picture(task, Objects.requireNonNull(label)),
            Panel.picture(task, Objects.requireNonNull(prediction))));
  }
}
