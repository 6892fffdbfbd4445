package dev.mtlora.cli;

import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunFolder;
import dev.mtlora.run.RunSpec;
import dev.mtlora.run.Shipped;
import dev.mtlora.weights.Conversion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which configuration a command works on. */
final class ConfigOptions {
  private static final String EXTENSION = Shipped.EXTENSION;

  @Parameters(
      index = "0",
      paramLabel = "CONFIG",
      description = "A YAML file, or the name of a shipped configuration, for instance quickstart.")
  private String config = "";

  @Option(
      names = "--set",
      paramLabel = "KEY.PATH=VALUE",
      description = "Changes one setting; may be repeated. Paths are relative to this folder.")
  private List<String> overrides = new ArrayList<>();

  /** The configuration, with the overrides. */
  RunSpec read() {
    return read(List.of());
  }

  /** The same with more overrides after them. */
  RunSpec read(List<String> more) {
    List<String> overrides = new ArrayList<>(this.overrides);
    overrides.addAll(more);
    return read(config, overrides);
  }

  /**
   * A configuration with overrides.
   *
   * @param config a YAML file, or the name of a shipped configuration
   */
  static RunSpec read(String config, List<String> overrides) {
    Path file = Path.of(config);
    if (Files.isDirectory(file)) {
      throw new ConfigException(RunFolder.insteadOfConfig(file));
    }
    if (Conversion.canWrite(file)) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "a configuration is needed, but %s is a file of weights: name a configuration, for"
                  + " instance quickstart, and start from them with --set model.weights=%s",
              file,
              file));
    }
    if (Files.exists(file)) {
      return RunSpec.read(file, overrides);
    }
    String text =
        Shipped.text(config).orElseThrow(() -> new ConfigException(Shipped.missing(config)));
    return RunSpec.parse(new RunSpec.Source(config, Path.of("")), text, overrides);
  }

  /** What {@code --set} changes. */
  List<String> overrides() {
    return overrides;
  }

  /** The name of the configuration, without folders and extension. */
  String name() {
    Path file = Path.of(config).getFileName();
    String name = file == null ? config : file.toString();
    return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
  }
}
