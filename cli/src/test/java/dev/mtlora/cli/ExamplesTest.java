package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Size;
import dev.mtlora.weights.ModelFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The programs in examples/, of the README and in docs/lines/ compile and do what they say. */
class ExamplesTest extends CommandCase {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Path LINES = Path.of("..", "docs", "lines");

  private void start(String name, String... arguments) throws Exception {
    run(EXAMPLES.resolve(name + ".java"), arguments);
  }

  private void run(Path source, String... arguments) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String name = source.getFileName().toString().replace(".java", "");
    Path classes = Files.createDirectories(folder.resolve("classes"));
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
  void manyThreads_onOneModel_getWhatOneGets() throws Exception {
    start("KeepAModel", at("kept"));
    ImageIO.write(
        new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("a.png").toFile());
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      start("ManyThreads", at("kept"), at("a.png"));
    } finally {
      System.setOut(before);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("8 of 8 threads got");
  }

  /** The Java of the README, in the methods that it says it is for. */
  @Test
  void readme_javaBlocks_compileAndRun() throws Exception {
    String page = Files.readString(Path.of("..", "README.md"));
    List<String> blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(2);
    assertThat(blocks.get(0)).startsWith("// predict\n").hasLineCount(6);
    assertThat(blocks.get(1)).startsWith("// train\n").hasLineCount(11);
    String program =
        """
        import dev.mtlora.*;
        import dev.mtlora.backbone.swin.*;
        import dev.mtlora.model.*;
        import dev.mtlora.peft.*;
        import dev.mtlora.run.*;
        import dev.mtlora.spec.*;
        import dev.mtlora.task.*;
        import java.awt.image.BufferedImage;
        import java.nio.file.Path;
        import java.util.*;

        public class Readme {
          public static void main(String[] a) throws Exception {
            train(Path.of(a[0]));
            predict(Path.of(a[0]), Path.of(a[1]));
          }

          static void predict(Path run, Path picture) throws Exception {
        """
            + blocks.get(0)
            + "}\n static void train(Path folder) throws Exception {\n"
            + blocks.get(1)
            + "}}\n";
    Path source = Files.writeString(folder.resolve("Readme.java"), program);
    Path picture = folder.resolve("a.png");
    ImageIO.write(new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
    run(source, at("made"), picture.toString());
    assertThat(folder.resolve("made/summary.json")).exists();
    assertThat(folder.resolve("classes.png")).exists();
  }

  /** Ours of docs/lines, one after the other. */
  @Test
  void lines_programsOfOurs_compileAndRun() throws Exception {
    Path picture = Files.createDirectory(folder.resolve("in")).resolve("a.png");
    ImageIO.write(new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
    run(LINES.resolve("OursTrain.java"), at("made"));
    run(LINES.resolve("OursPredict.java"), at("made"), picture.toString());
    run(LINES.resolve("OursFolder.java"), at("made"), at("in"), at("classes"));
    assertThat(folder.resolve("classes/a.png.png")).exists();
  }

  /** The table of docs/embedding.md says how long each program is. */
  @Test
  void lines_table_countsEveryProgram() throws IOException {
    Pattern none = Pattern.compile("\\s*($|import |from |//|/?\\*|#|\"\"\").*");
    List<MatchResult> links =
        Pattern.compile("\\[(\\d+)]\\(lines/([^)]+)\\)")
            .matcher(Files.readString(LINES.resolveSibling("embedding.md")))
            .results()
            .toList();
    for (MatchResult link : links) {
      List<String> program = Files.readAllLines(LINES.resolve(link.group(2)));
      assertThat(program.stream().filter(line -> !none.matcher(line).matches()))
          .as(link.group(2))
          .hasSize(Integer.parseInt(link.group(1)));
    }
    try (var files = Files.list(LINES)) {
      assertThat(files).hasSameSizeAs(links);
    }
  }

  @Test
  void examples_all_areShortAndTested() throws IOException {
    try (var files = Files.list(EXAMPLES)) {
      List<Path> programs = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(programs).hasSize(3); // each has a test above, or DjlTorchScriptTest
      for (Path program : programs) {
        assertThat(Files.readAllLines(program).stream().filter(line -> !line.startsWith("import")))
            .hasSizeLessThanOrEqualTo(40);
      }
    }
  }
}
