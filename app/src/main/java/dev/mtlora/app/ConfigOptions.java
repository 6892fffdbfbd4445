package dev.mtlora.app;

import dev.mtlora.config.ConfigException;
import dev.mtlora.config.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which configuration a command works on. */
final class ConfigOptions {
  private static final String EXTENSION = ".yaml";

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
  RunConfig read() {
    return read(List.of());
  }

  /** The same with more overrides after them. */
  RunConfig read(List<String> more) {
    List<String> overrides = new ArrayList<>(this.overrides);
    overrides.addAll(more);
    return read(config, overrides);
  }

  /**
   * A configuration with overrides.
   *
   * @param config a YAML file, or the name of a shipped configuration
   */
  static RunConfig read(String config, List<String> overrides) {
    Path file = Path.of(config);
    if (Files.exists(file) || looksLikeFile(config)) {
      return RunConfig.read(file, overrides);
    }
    String resource = "/configs/" + config + EXTENSION;
    try (InputStream stream = ConfigOptions.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new ConfigException(
            String.format(
                    Locale.ROOT,
                    "there is neither a file nor a shipped configuration named '%s'; those in the project's",
                    config)
                + " folder configs/ are shipped, without "
                + EXTENSION);
      }
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return RunConfig.parse(new RunConfig.Source(config, Path.of("")), text, overrides);
    } catch (IOException e) {
      throw new ConfigException(
          String.format(Locale.ROOT, "the configuration '%s' could not be read", config), e);
    }
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

  private static boolean looksLikeFile(String config) {
    return config.endsWith(EXTENSION) || config.endsWith(".yml") || config.contains("/");
  }
}
