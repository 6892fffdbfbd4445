package dev.mtlora.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar with one line in META-INF/services gives configurations another task. */
class ServedTaskTest {
  private static final String YAML =
      "{model: {backbone: swin-micro}, tasks: {served: {weight: 7}, depth: {}}}";

  @TempDir private Path folder;

  private URL[] path() throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(Task.class.getName()), ServedTask.class.getName() + "\n");
    List<URL> urls = new ArrayList<>(List.of(folder.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  @Test
  void task_ofAnotherJar_isNamedInConfigurationsAndSurvivesTheirCopies() throws Exception {
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader ours = new URLClassLoader(path(), platform)) {
      Object ids = ours.loadClass(Tasks.class.getName()).getMethod("ids").invoke(null);
      assertThat((List<?>) ids).hasSize(Tasks.ids().size() + 1).last().isEqualTo("served");
      Class<?> spec = ours.loadClass("dev.mtlora.spec.ModelSpec");
      Class<?> text = ours.loadClass("dev.mtlora.spec.YamlText");
      Class<?> node = ours.loadClass("com.fasterxml.jackson.databind.JsonNode");
      Object tree = text.getMethod("read", String.class).invoke(null, YAML);
      Object read = spec.getMethod("read", node).invoke(null, tree);
      assertThat(read.toString()).contains("ServedTask[weight=7.0]");
      Object copy = spec.getMethod("write").invoke(read);
      assertThat(copy.toString()).contains("\"served\":{\"weight\":7}");
      assertThat(spec.getMethod("read", node).invoke(null, copy)).isEqualTo(read);
    }
    assertThat(Tasks.ids()).doesNotContain("served");
  }
}
