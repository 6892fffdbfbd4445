package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Size;
import dev.mtlora.weights.ModelFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The programs in examples/ compile and do what they say. */
class ExamplesTest extends CommandCase {
  private static final Path EXAMPLES = Path.of("..", "examples");

  private void start(String name, String... arguments) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path source = EXAMPLES.resolve(name + ".java");
    Path classes = Files.createDirectory(folder.resolve("classes"));
    String path = System.getProperty("java.class.path");
    int failed =
        compiler.run(
            null, null, null, "-cp", path, "-d", classes.toString(), "-Werror", source.toString());
    assertThat(failed).isZero();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
    }
  }

  @Test
  void keepAModel_madeInJava_isOpenedByPredict() throws Exception {
    start("KeepAModel", at("kept"));
    ImageIO.write(
        new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("a.png").toFile());
    assertThat(run("predict", at("kept"), at("a.png"), "--out", at("shown")))
        .as(err::toString)
        .isZero();
    try (var files = Files.list(folder.resolve("shown"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.contains("depth"))
          .anyMatch(name -> name.contains("semseg"));
    }
    ModelFile file = ModelFile.read(folder.resolve("kept"));
    assertThat(file.spec().taskNames()).containsExactly("semseg", "depth");
    assertThat(file.spec().methodName()).isEqualTo("mtlora");
    assertThat(file.spec().model().weights()).hasToString("builtin:swin-micro");
    assertThat(file.preprocessing().size()).isEqualTo(Size.square(64));
    assertThat(file.predicts().get(0).colours()).hasSize(16);
    assertThat(file.predicts().get(1).form()).contains("m");
  }

  @Test
  void examples_all_areShortAndTested() throws IOException {
    try (var files = Files.list(EXAMPLES)) {
      List<Path> programs = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(programs).hasSize(1); // each has a test above
      for (Path program : programs) {
        assertThat(Files.readAllLines(program).stream().filter(line -> !line.startsWith("import")))
            .hasSizeLessThanOrEqualTo(40);
      }
    }
  }
}
