package dev.mtlora.cli;

import dev.mtlora.OpenOptions;
import dev.mtlora.TrainedModel;
import dev.mtlora.data.Split;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.onnx.OnnxModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.Run;
import dev.mtlora.run.RunFolder;
import dev.mtlora.run.RunSpec;
import dev.mtlora.run.Scoring;
import dev.mtlora.tensor.DType;
import dev.mtlora.weights.AdapterConfig;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.ModelFile;
import dev.mtlora.weights.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which trained model a command works on. */
final class ModelOptions {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = {
        "A folder that train or merge has filled, or an adapter folder;",
        "with --config a file of weights, for instance the reference's mtlora.pth;",
        "to predict, also an ONNX file that export has written."
      })
  private Path run = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY.PATH=VALUE",
      description = "Changes one setting, for instance data.root; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--any-base",
      description = "Loads an adapter even over other base weights than it was trained on.")
  private boolean anyBase;

  @Option(
      names = "--config",
      paramLabel = "CONFIG",
      description = "The configuration of the model in a file of weights, which has none itself.")
  private @Nullable String config;

  /** The model's configuration, with the overrides and further ones. */
  RunSpec config(String... further) {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(List.of(further));
    if (config != null) {
      return ConfigOptions.read(config, all);
    }
    return new RunFolder(run).config(all);
  }

  /**
   * The model, to predict with.
   *
   * @param say hears what is unusual
   */
  TrainedModel open(Consumer<String> say) {
    if (config == null && Files.exists(run.resolve(ModelFile.NAME)) && !hasConfiguration()) {
      if (!overrides.isEmpty()) {
        throw new ConfigException(
            run
                + " says what its model is and has no configuration: --set can change nothing in it");
      }
      return TrainedModel.open(run, anyBase ? OpenOptions.USUAL.overAnyBase() : OpenOptions.USUAL);
    }
    Assembly assembly = Assembly.of(config());
    assembly.useThreads().ifPresent(say);
    RunSpec spec = assembly.config();
    return TrainedModel.of(spec.spec(), spec.data().fit(), () -> load(assembly));
  }

  /**
   * What predicts, computed by an engine.
   *
   * @param engine none if it was not said
   * @param precision of the arithmetic
   * @param many true if it pays to export the model before
   * @param say hears what is unusual
   */
  OpenModel open(
      Optional<OpenModel.Engine> engine, DType precision, boolean many, Consumer<String> say) {
    if (isOnnx()) {
      if (config != null || anyBase || !overrides.isEmpty()) {
        throw new ConfigException(
            run + " is computed as it was exported: leave out --config, --set and --any-base");
      }
      if (engine.isPresent() || precision != DType.F32) {
        throw new ConfigException(
            run
                + " is computed by ONNX Runtime in f32: leave out --engine and --precision, or"
                + " predict with the run that it was exported from");
      }
      return OpenModel.of(OnnxModel.open(run));
    }
    OpenModel.Engine chosen = engine.orElse(OpenModel.Engine.TORCH);
    boolean asItIs = config == null && !anyBase && overrides.isEmpty();
    if (chosen == OpenModel.Engine.AUTO && (!asItIs || precision != DType.F32)) {
      chosen = OpenModel.Engine.TORCH; // no export computes that
    }
    if (chosen == OpenModel.Engine.ONNX) {
      if (precision != DType.F32) {
        throw new ConfigException(
            "--engine onnx computes in f32: leave out --precision, or take --engine torch");
      }
      if (!asItIs) {
        throw new ConfigException(
            "--engine onnx computes what a folder holds: leave out --config, --set and --any-base, or export the"
                + " model and predict with the file");
      }
    }
    return OpenModel.of(chosen, run, () -> open(say), many, say);
  }

  /** What the folder or file is called, without what comes after the dot of a file. */
  String name() {
    String name = String.valueOf(run.toAbsolutePath().normalize().getFileName());
    return Files.isDirectory(run) ? name : name.replaceFirst("\\.[^.]*$", "");
  }

  /** True for a model in an ONNX file. */
  boolean isOnnx() {
    return run.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  /** False for what a program has saved, or a checkpoint. */
  private boolean hasConfiguration() {
    Path adapter = run.resolve(AdapterFile.CONFIG);
    return Files.exists(adapter)
        ? AdapterConfig.read(adapter).hasRun()
        : new RunFolder(run).isOurs();
  }

  /**
   * Does something with the model and the images that it is scored on.
   *
   * @param say hears what is unusual
   */
  <T> T evaluate(Split split, Consumer<String> say, Function<Scoring, T> work) {
    if (config == null) {
      Run own = Run.open(run, overrides);
      return (anyBase ? own.overAnyBase() : own).evaluate(split, say, work);
    }
    Assembly assembly = Assembly.of(config());
    return Scoring.with(assembly, () -> load(assembly), split, say, work);
  }

  /** The configuration whose images an ONNX file is scored on. */
  RunSpec configOfExport() {
    if (anyBase) {
      throw new ConfigException(run + " has all weights in it: leave out --any-base");
    }
    if (config == null) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "%s does not know any images to score it on: name the configuration that does with"
                  + " --config, for instance RUN/config.yaml",
              run));
    }
    return config();
  }

  /** The ONNX file. */
  OnnxModel export() {
    return OnnxModel.open(run);
  }

  /** The model, in the scope that is open. */
  MultiTaskModel load(Assembly assembly) {
    if (config == null) {
      return new RunFolder(run).load(assembly, anyBase);
    }
    MultiTaskModel model = assembly.untrainedModel();
    Weights.load(run, model);
    return model;
  }
}
