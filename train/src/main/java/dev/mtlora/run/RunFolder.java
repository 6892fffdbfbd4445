package dev.mtlora.run;

import dev.mtlora.files.Version;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import dev.mtlora.train.Scores;
import dev.mtlora.weights.AdapterConfig;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.AtomicFile;
import dev.mtlora.weights.AtomicFolder;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.ModelFile;
import dev.mtlora.weights.ModelWeights;
import dev.mtlora.weights.Weights;
import dev.mtlora.weights.WeightsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that a training fills: {@code config.yaml}, {@code before.json} (scores before
 * training), {@code metrics.csv}, {@code metrics.json}, {@code tensorboard/}, {@code
 * checkpoints/last} and {@code best}, {@code adapter/}, {@code panel.png}, {@code summary.json}
 * (last scores and costs), {@code lock}. Merging makes a smaller one: {@code config.yaml} and
 * {@code model.safetensors}.
 *
 * @param path of the folder
 */
public record RunFolder(Path path) {
  /** Name of the file with the configuration, which makes a folder a run folder. */
  public static final String CONFIG = "config.yaml";

  private static final String LOCK = "lock";

  /** What an empty folder may hold: the file of a lock, and what a mounted disk has at its root. */
  private static final Set<String> OF_NOBODY = Set.of(LOCK, "lost+found");

  /** The configuration kept in it, or in the description of an adapter. */
  public RunSpec config(List<String> overrides) {
    Path file = path.resolve(CONFIG);
    if (holdsAdapter()) {
      Path adapter = path.resolve(AdapterFile.CONFIG);
      return RunSpec.recipe(
          new RunSpec.Source(adapter.toString(), path),
          AdapterConfig.read(adapter).recipe().toString(),
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
    return RunSpec.readKept(file, overrides);
  }

  /** What to say where this folder was named and a configuration is needed. */
  public static String insteadOfConfig(Path path) {
    RunFolder folder = new RunFolder(path);
    String what = "a folder: name the YAML file in it that you mean";
    if (folder.holdsAdapter()) {
      what = "an adapter folder, which eval, predict and merge take";
    } else if (Files.exists(folder.file(ModelWeights.WHOLE))) {
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

  /** Keeps what the training gave and cost, and the size of the adapter that it left. */
  void end(Summary summary) {
    try {
      results().keep(summary);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** What its training gave. */
  public RunResults results() {
    return new RunResults(path);
  }

  /** True if nothing is there that could be lost. */
  public boolean isNew() {
    if (!Files.exists(path)) {
      return true;
    }
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.allMatch(file -> OF_NOBODY.contains(file.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "the folder %s cannot be read: %s", path, e), e);
    }
  }

  /** Fails if there is something already. */
  void requireNew() {
    if (!isNew()) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "the run folder %s already exists: go on with it by --resume, or choose another with --out",
              path));
    }
  }

  /** Makes the folder, keeps the configuration in it, and keeps other processes out of it. */
  RunLock create(RunSpec config) {
    try {
      Files.createDirectories(path);
      if (!Files.exists(path.resolve(CONFIG))) { // what makes a folder a run folder comes first
        AtomicFile.write(path.resolve(CONFIG), config.yaml());
      }
      return lock();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Keeps other processes out of the folder, and changes nothing in it. */
  RunLock lock() {
    try {
      return RunLock.take(path.resolve(LOCK));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Keeps what a training that now begins or goes on was asked for. It has not ended any more, if
   * it had.
   */
  void begin(RunSpec config, Optional<Scores> before) {
    try {
      AtomicFile.write(path.resolve(CONFIG), config.yaml());
      ModelFile.of(config.spec(), config.data().fit(), Version.text()).write(path);
      results().begin(before);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Empties the folder of a training that was killed before its first checkpoint. */
  public void clear() {
    try (RunLock lock = lock();
        Stream<Path> all = Files.walk(path)) {
      Comparator<Path> configLast = Comparator.comparing(file(CONFIG)::equals);
      for (Path each : all.sorted(configLast.thenComparing(Comparator.reverseOrder())).toList()) {
        if (!each.equals(path) && !each.equals(file(LOCK))) {
          Files.delete(each);
        }
      }
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

  /** Where checkpoints are kept. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The checkpoint that resuming starts from; empty if there is none. */
  public Optional<Path> newest() {
    return CheckpointListener.newest(checkpoints());
  }

  private Path last() {
    return checkpoints().resolve(CheckpointListener.LAST);
  }

  private Path best() {
    return checkpoints().resolve(CheckpointListener.BEST);
  }

  /** The best checkpoint, if it was kept right after this evaluation; empty if it is another. */
  Optional<Path> bestOf(Evaluation evaluation) {
    Evaluation kept = HistoryJson.read(HistoryJson.write(List.of(evaluation))).get(0);
    return Checkpoint.progress(best())
        .map(progress -> HistoryJson.read(progress.history()))
        .filter(history -> history.lastIndexOf(kept) == history.size() - 1)
        .map(same -> best());
  }

  /** True if training or merging has filled it, or if it is the folder of an adapter. */
  public boolean isOurs() {
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
  public MultiTaskModel load(Assembly assembly, boolean anyBase) {
    ModelWeights weights =
        ModelWeights.find(path)
            .orElse(new ModelWeights(last(), ModelWeights.Kind.CHECKPOINT)); // which says so
    boolean adapter = weights.kind() == ModelWeights.Kind.ADAPTER;
    MultiTaskModel model = adapter ? assembly.base() : assembly.untrainedModel();
    weights.load(model, anyBase);
    return model;
  }

  /** Makes the folder of a merged model, whole or not at all, or fills an empty one. */
  public void createMerged(RunSpec config, MultiTaskModel model) {
    AtomicFolder.Content content =
        empty -> {
          Weights.save(empty.resolve(ModelWeights.WHOLE), model, DType.F32);
          ModelFile.of(config.spec(), config.data().fit(), Version.text()).write(empty);
          AtomicFile.write(empty.resolve(CONFIG), config.yaml()); // makes it a run folder
        };
    try {
      if (Files.exists(path)) {
        content.writeInto(path); // perhaps a mounted disk, which has no other name
      } else {
        new AtomicFolder(path).replace(content);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** The path of a file in it. */
  public Path file(String name) {
    return path.resolve(name);
  }
}
