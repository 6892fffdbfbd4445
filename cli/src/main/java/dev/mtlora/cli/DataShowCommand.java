package dev.mtlora.cli;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Draws samples with their labels. */
@Command(
    name = "show",
    description = {
      "Draws images with their labels over them, a row per image and a column per task:",
      "train.png, the same ones as training augments them in augmented.png, val.png,",
      "and test.png if the data has images that test."
    })
final class DataShowCommand implements Callable<Integer> {
  private static final int SIDE = 224;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out = Path.of("");

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "How many images of a split, chosen evenly (${DEFAULT-VALUE}).")
  private int count;

  @Override
  public Integer call() {
    if (count < 1) {
      throw new ParameterException(
          spec.commandLine(), "--count must be at least 1 but is " + count);
    }
    RunSpec run = config.read();
    Assembly assembly = Assembly.of(run);
    Dataset training = assembly.samples(Split.TRAIN);
    Transform augmentation = assembly.augmentation();
    Preprocessing preprocessing = Preprocessing.imageNet();
    Transform seen =
        (sample, rng) ->
            augmentation.apply(sample, rng).map(preprocessing::restored, (task, label) -> label);
    write(training, "train", run);
    write(training.with(seen), "augmented", run);
    write(assembly.samples(Split.VAL), "val", run);
    boolean test = assembly.splits().contains(Split.TEST);
    if (test) {
      write(assembly.samples(Split.TEST), "test", run);
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "train, augmented%s .png are in %s%n",
            test ? ", val and test" : " and val",
            out);
    return 0;
  }

  private void write(Dataset samples, String name, RunSpec run) {
    List<String> columns = new ArrayList<>(List.of("image"));
    columns.addAll(run.taskNames());
    Sheet sheet = new Sheet(columns, SIDE, SIDE);
    Overlay overlay = new Overlay(run.tasks(), SIDE);
    int rows = Math.min(count, samples.size());
    for (int i = 0; i < rows; i++) {
      int index = (int) ((long) i * samples.size() / rows);
      Sample sample = samples.get(index, Rng.of(run.train().seed(), 0, index));
      sheet.add(sample.id(), overlay.row(sample));
    }
    sheet.write(out.resolve(name + ".png"));
  }
}
