package dev.mtlora.app;

import dev.mtlora.compare.Summary;
import dev.mtlora.config.Assembly;
import dev.mtlora.config.ConfigException;
import dev.mtlora.config.RunConfig;
import dev.mtlora.io.AdapterConfig;
import dev.mtlora.io.AdapterFile;
import dev.mtlora.io.AtomicFile;
import dev.mtlora.io.AtomicFolder;
import dev.mtlora.io.Checkpoint;
import dev.mtlora.io.Weights;
import dev.mtlora.io.WeightsFile;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import dev.mtlora.train.Scores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The folder that a training fills: {@code config.yaml}, {@code before.json} (scores before
 * training), {@code metrics.csv}, {@code metrics.json}, {@code tensorboard/}, {@code
 * checkpoints/last} and {@code best}, {@code adapter/}, {@code panel.png}, {@code summary.json}
 * (last scores and costs), {@code lock}. Merging makes a smaller one: {@code config.yaml} and
 * {@code model.safetensors}.
 *
 * @param path of the folder
 */
record RunFolder(Path path) {
  private static final String CONFIG = "config.yaml";
  private static final String SUMMARY = "summary.json";
  private static final String MERGED = "model.safetensors";

  /** The configuration kept in it, or in the description of an adapter. */
  RunConfig config(List<String> overrides) {
    Path file = path.resolve(CONFIG);
    if (holdsAdapter()) {
      Path adapter = path.resolve(AdapterFile.CONFIG);
      return RunConfig.recipe(
          new RunConfig.Source(adapter.toString(), path),
          AdapterConfig.read(adapter).origin().recipe(),
          overrides);
    }
    if (Files.isRegularFile(WeightsFile.of(path).path())) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "%s is a file; if it holds the weights of a whole model, name its configuration with"
                  + " --config, and if not, the folder that mtlora train or merge has filled",
              path));
    }
    if (!Files.exists(file)) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "%s is no run folder: it has no %s; name one that mtlora train or merge has filled",
              path,
              CONFIG));
    }
    return RunConfig.read(file, overrides);
  }

  /** What to say where this folder was named and a configuration is needed. */
  static String insteadOfConfig(Path path) {
    RunFolder folder = new RunFolder(path);
    String what = "a folder: name the YAML file in it that you mean";
    if (folder.holdsAdapter()) {
      what = "an adapter folder, which eval, predict and merge take";
    } else if (Files.exists(folder.file(MERGED))) {
      what = "the folder of a merged model, which eval and predict take";
    } else if (Files.exists(folder.file(CONFIG))) {
      what =
          String.format(
              Locale.ROOT,
              "a run folder, which eval, predict and merge take; its configuration is %s, and train %s"
                  + " --out %s --resume goes on with it",
              folder.file(CONFIG),
              folder.file(CONFIG),
              path);
    }
    return String.format(Locale.ROOT, "a configuration is needed, but %s is %s", path, what);
  }

  /** Fails if there is something already. */
  void requireNew() {
    if (Files.exists(path)) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "the run folder %s already exists: go on with it by --resume, or choose another with --out",
              path));
    }
  }

  /** Makes the folder, keeps the configuration in it, and keeps other processes out of it. */
  RunLock create(RunConfig config) {
    try {
      Files.createDirectories(path);
      if (!Files.exists(path.resolve(CONFIG))) { // what makes a folder a run folder comes first
        AtomicFile.write(path.resolve(CONFIG), config.yaml());
      }
      RunLock lock = RunLock.take(path.resolve("lock"));
      AtomicFile.write(path.resolve(CONFIG), config.yaml());
      return lock;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException(
        String.format(
            Locale.ROOT,
            "cannot write to the run folder %s (%s): is there space left, and may you write there?",
            path,
            e),
        e);
  }

  Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The checkpoint that resuming starts from. */
  Path last() {
    return checkpoints().resolve(CheckpointListener.LAST);
  }

  /** The best checkpoint, or the last one if no evaluation has been made yet. */
  Path best() {
    Path best = checkpoints().resolve(CheckpointListener.BEST);
    return Checkpoint.exists(best) ? best : last();
  }

  /** True if training or merging has filled it, or if it is the folder of an adapter. */
  boolean isOurs() {
    return Files.exists(file(CONFIG)) || holdsAdapter();
  }

  private boolean holdsAdapter() {
    return Files.exists(file(AdapterFile.CONFIG));
  }

  /**
   * The model that the folder is for, in the scope that is open: a merged one, an adapter over its
   * base, or that of the best checkpoint.
   *
   * @param anyBase true for an adapter over other base weights than it was trained on
   */
  MultiTaskModel load(Assembly assembly, boolean anyBase) {
    if (holdsAdapter()) {
      MultiTaskModel model = assembly.base();
      AdapterFile.load(path, model, anyBase);
      return model;
    }
    MultiTaskModel model = assembly.untrainedModel();
    if (Files.exists(file(MERGED))) {
      Weights.load(file(MERGED), model);
    } else {
      Checkpoint.loadModel(best(), model);
    }
    return model;
  }

  /** Makes the folder of a merged model, whole or not at all. */
  void createMerged(RunConfig config, MultiTaskModel model) {
    try {
      new AtomicFolder(path)
          .replace(
              empty -> {
                Files.writeString(empty.resolve(CONFIG), config.yaml());
                Weights.save(empty.resolve(MERGED), model, DType.F32);
              });
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /** Keeps the scores before training. */
  void keepBefore(Scores scores) {
    try {
      Files.writeString(before(), HistoryJson.write(List.of(new Evaluation(0, 0, scores))));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "cannot write %s: %s", before(), e), e);
    }
  }

  /** The kept scores before training, as the only element, or none. */
  List<Evaluation> keptBefore() {
    try {
      return Files.exists(before()) ? HistoryJson.read(Files.readString(before())) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "cannot read %s: %s", before(), e), e);
    }
  }

  /** Keeps what the training gave and cost, and the size of the adapter that it left. */
  void keepSummary(Summary made) {
    try {
      Summary summary = made.withAdapter(Cost.size(file("adapter")));
      AtomicFile.write(file(SUMMARY), summary.json() + "\n");
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** True if the training has ended. */
  boolean hasSummary() {
    return Files.exists(file(SUMMARY));
  }

  /** What the training gave and cost; it must have ended. */
  Summary summary() {
    try {
      return Summary.parse(Files.readString(file(SUMMARY)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "cannot read %s: %s", file(SUMMARY), e), e);
    }
  }

  private Path before() {
    return path.resolve("before.json");
  }
}
