package dev.mtlora;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the order of the packages and a few habits; a new package gets its place here. */
class ArchitectureTest {
  private static final List<String> ORDER =
      List.of(
          "files",
          "tensor",
          "image",
          "nn",
          "loss",
          "metric",
          "task",
          "peft",
          "backbone",
          "decoder",
          "model",
          "spec",
          "weights",
          "mtlora",
          "data",
          "train",
          "run",
          "compare");

  /** Files over 300 lines, and why each may be. */
  private static final Map<String, String> LONG_FILES =
      Map.of("dev/mtlora/tensor/Tensor.java", "one type holds the whole arithmetic");

  private static final SourceRules RULES = new SourceRules(ORDER, Map.of());

  @TempDir private Path sources;

  @Test
  void model_allSources_keepTheRules() {
    Path model = Path.of("..", "model", "src", "main", "java");
    assertThat(model.resolve("dev/mtlora/tensor")).isDirectory();
    List<String> own = ORDER.subList(0, ORDER.indexOf("data"));
    assertThat(new SourceRules(own, LONG_FILES).violations(model)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "onnx"})
  void jarsOverModel_allSources_keepTheRulesAndKnowNoTraining(String jar) {
    Path sources = Path.of("..", jar, "src", "main", "java");
    assertThat(sources.resolve("dev/mtlora").resolve(jar)).isDirectory();
    List<String> own = new ArrayList<>(ORDER.subList(0, ORDER.indexOf("data")));
    own.add(jar);
    assertThat(new SourceRules(own, Map.of()).violations(sources)).isEmpty();
  }

  @Test
  void train_allSources_keepTheRules() {
    Path train = Path.of("src", "main", "java");
    assertThat(train.resolve("dev/mtlora/data")).isDirectory();
    assertThat(new SourceRules(ORDER, Map.of()).violations(train)).isEmpty();
  }

  @Test
  void rules_packageUsesLaterOne_isReported() throws IOException {
    write("nn/A.java", "package dev.mtlora.nn;\nimport dev.mtlora.train.Trainer;\nclass A {}\n");
    assertThat(RULES.violations(sources))
        .containsExactly("dev/mtlora/nn/A.java: 'nn' may not use 'train'");
  }

  @Test
  void rules_staticImportAndQualifiedName_areReported() throws IOException {
    write("nn/A.java", "import static dev.mtlora.weights.B.c;\nclass A { dev.mtlora.data.D d; }\n");
    assertThat(RULES.violations(sources))
        .containsExactly(
            "dev/mtlora/nn/A.java: 'nn' may not use 'data'",
            "dev/mtlora/nn/A.java: 'nn' may not use 'weights'");
  }

  @Test
  void rules_subpackageUsesEarlierOneOrLinksLaterOne_isFine() throws IOException {
    write(
        "backbone/swin/A.java",
        "import dev.mtlora.nn.Linear;\n/** {@link dev.mtlora.train.Trainer} */\nclass A {}\n");
    writeInfo("backbone/swin");
    assertThat(RULES.violations(sources)).isEmpty();
  }

  @Test
  void rules_libtorchOutsideTensor_isReported() throws IOException {
    write("image/A.java", "import org.bytedeco.pytorch.Tensor;\nclass A {}\n");
    write("tensor/B.java", "import org.bytedeco.pytorch.Tensor;\nclass B {}\n");
    assertThat(RULES.violations(sources))
        .containsExactly("dev/mtlora/image/A.java: 'image' may not use org.bytedeco.pytorch");
  }

  @Test
  void rules_openCvOutsideImage_isReported() throws IOException {
    String code =
        "import org.bytedeco.opencv.opencv_core.Mat;\nclass A { { KernelThreads.settle(); } }\n";
    write("image/A.java", code);
    write("tensor/B.java", code);
    assertThat(RULES.violations(sources))
        .containsExactly("dev/mtlora/tensor/B.java: 'tensor' may not use org.bytedeco.opencv");
  }

  @Test
  void rules_openCvBeforeThreadsAreSettled_isReported() throws IOException {
    write("image/A.java", "import org.bytedeco.opencv.opencv_core.Mat;\nclass A {}\n");
    assertThat(RULES.violations(sources)).hasSize(1).first().asString().contains("without Kernel");
  }

  @Test
  void rules_collectorOrConsole_isReported() throws IOException {
    write(
        "weights/A.java",
        "class A { void a() { System.gc(); System.out.println(); } } // System.err\n");
    assertThat(RULES.violations(sources))
        .containsExactly(
            "dev/mtlora/weights/A.java: uses System.gc",
            "dev/mtlora/weights/A.java: uses System.out");
  }

  @Test
  void rules_idOfATaskOutsideItsPlaces_isReported() throws IOException {
    String code = "class A { String a = \"depth\"; String b = \"depth of\"; } // \"edge\"\n";
    for (String home : List.of("data", "task", "data/scenes", "data/multitask", "run")) {
      write(home + "/A.java", code);
    }
    assertThat(RULES.violations(sources))
        .containsExactly(
            "dev/mtlora/data/A.java: names task \"depth\"",
            "dev/mtlora/run/A.java: names task \"depth\"");
  }

  @Test
  void rules_unknownPackage_isReported() throws IOException {
    write("util/A.java", "class A {}\n");
    assertThat(RULES.violations(sources))
        .anyMatch(v -> v.startsWith("dev/mtlora/util/A.java: lies in none"));
  }

  @Test
  void rules_packageWithoutNullMarked_isReported() throws IOException {
    write("weights/A.java", "class A {}\n");
    Files.writeString(
        sources.resolve("dev/mtlora/weights/package-info.java"),
        "/** No @NullMarked. */ package weights;\n");
    assertThat(RULES.violations(sources)).hasSize(1).first().asString().contains("@NullMarked");
  }

  @Test
  void rules_longFile_isReportedUnlessListed() throws IOException {
    write("weights/A.java", "class A {}\n" + "\n".repeat(300));
    assertThat(RULES.violations(sources))
        .containsExactly("dev/mtlora/weights/A.java: 301 lines, more than 300 without a reason");
    SourceRules listed = new SourceRules(ORDER, Map.of("dev/mtlora/weights/A.java", "a test"));
    assertThat(listed.violations(sources)).isEmpty();
  }

  @Test
  void rules_listedFileThatIsShortOrGone_isReported() throws IOException {
    write("weights/A.java", "class A {}\n");
    Map<String, String> stale =
        Map.of("dev/mtlora/weights/A.java", "x", "dev/mtlora/weights/B.java", "x");
    assertThat(new SourceRules(ORDER, stale).violations(sources)).hasSize(2);
  }

  private void write(String name, String text) throws IOException {
    Path file = sources.resolve("dev/mtlora").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    writeInfo(Path.of(name).getParent().toString());
  }

  private void writeInfo(String name) throws IOException {
    Path info = sources.resolve("dev/mtlora").resolve(name).resolve("package-info.java");
    Files.writeString(info, "@NullMarked\npackage dev.mtlora;\n");
  }
}
