package dev.mtlora.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** A project that is built, as the launcher {@code mtlora} sees one, over the classes of a test. */
final class LauncherProject {
  private static final List<String> MODULES = List.of("model", "train", "onnx", "server", "cli");

  private LauncherProject() {}

  /**
   * The launcher, options for the JVM, and a jar that names this one's.
   *
   * @param options lines of {@code jvm.options}
   */
  static void make(Path folder, String options) throws IOException {
    Path target = Files.createDirectories(folder.resolve("cli/target"));
    Files.createDirectories(folder.resolve("configs"));
    Files.writeString(folder.resolve("pom.xml"), "");
    for (String module : MODULES) {
      Files.createDirectories(folder.resolve(module).resolve("src/main"));
      Files.writeString(folder.resolve(module).resolve("pom.xml"), "");
    }
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, 0))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    try (OutputStream jar = Files.newOutputStream(target.resolve("mtlora.jar"))) {
      new JarOutputStream(jar, manifest).close();
    }
    Files.writeString(target.resolve("jvm.options"), options);
    Files.copy(Path.of("..", "mtlora"), folder.resolve("mtlora"));
  }

  /** The options that a build gives the launcher, but for those of a profile. */
  static String options() throws IOException {
    return Files.readAllLines(Path.of("src/launcher/jvm.options")).stream()
        .filter(line -> !line.startsWith("${"))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
