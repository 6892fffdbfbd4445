package dev.mtlora;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Raster;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Depth;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.SharedWeights;
import dev.mtlora.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Adapters over one base, of which there is one copy. */
class SharedBaseTest extends ModelCase {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final ModelSpec SPEC =
      new ModelSpec(
          new Network(SwinSettings.preset("swin-micro", 64, 0)),
          MtLora.paper(4, 2),
          List.of(SEMSEG, new Depth()),
          false);

  @Test
  void lender_closedBefore_leavesItsWeightsToTheOther() throws Exception {
    Path first = adapter("first", 0.9);
    Path second = adapter("second", 0.8);
    Raster picture = noise(40, 50, 3);
    try (TrainedModel alone = TrainedModel.open(second)) {
      Prediction expected = one(alone, picture, PredictOptions.USUAL);
      TrainedModel lender = TrainedModel.open(first);
      OpenOptions sharing = OpenOptions.USUAL.sharing(List.of(lender));
      try (TrainedModel other = TrainedModel.open(second, sharing)) {
        assertThat(SharedWeights.share(lender, other, false)).isEqualTo(1);
        assertThat(SharedWeights.share(lender, other, true)).isZero();
        assertThat(constants(lender, other)).isTrue();
        assertSame(one(other, picture, PredictOptions.USUAL), expected, 0);
        lender.close();
        assertSame(one(other, picture, PredictOptions.USUAL), expected, 0);
      }
    }
  }

  /** What differs is a model's own, even where it has the same name and shape. */
  @Test
  void lender_ofOtherWeights_lendsNothing() throws Exception {
    Path first = adapter("first", 0.9);
    try (TrainedModel lender = TrainedModel.open(first)) {
      lender.with(
          own -> {
            own.parameters().values().stream()
                .filter(p -> !p.trains())
                .forEach(
                    p -> {
                      try (Scope scope = Scope.inference()) {
                        p.tensor().plusInPlace(1e-3);
                      }
                    });
            return own;
          });
      OpenOptions sharing = OpenOptions.USUAL.sharing(List.of(lender));
      try (TrainedModel other = TrainedModel.open(first, sharing)) {
        assertThat(SharedWeights.share(lender, other, false)).isZero();
      }
    }
  }

  /** What a process grows by whose heap does not; printed, since allocators round. */
  @Test
  void adapters_manyOverOneBase_takeAboutWhatTheyAre() throws Exception {
    Skip.unless(Files.exists(STATUS), "no /proc here that says how large the process is");
    Path adapter = adapter("first", 0.9);
    double file = Files.size(adapter.resolve("adapter_model.safetensors"));
    ProcessBuilder program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                SharedBaseTest.class.getName(),
                adapter.toString())
            .redirectErrorStream(true);
    program.environment().put("MALLOC_ARENA_MAX", "1"); // as the launcher has it
    Process process = program.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    double each = Double.parseDouble(said.strip().lines().reduce((x, y) -> y).orElseThrow());
    System.out.printf(
        Locale.ROOT,
        "a further adapter, a file of %.2f MB: %.2f MB of memory%n",
        file / 1e6,
        each / 1e6);
    assertThat(each).isBetween(file, 8e6); // the base alone has 10 MB
  }

  /** Opens an adapter 32 times, and prints by how many bytes the process grows by each. */
  public static void main(String[] arguments) throws IOException {
    Path adapter = Path.of(arguments[0]);
    List<TrainedModel> open = new ArrayList<>(List.of(TrainedModel.open(adapter)));
    OpenOptions sharing = OpenOptions.USUAL.sharing(open);
    long before = 0;
    for (int i = 1; i <= 32; i++) {
      open.add(TrainedModel.open(adapter, sharing));
      if (i == 16) { // what loading needs for a moment is there by now
        before = resident();
      }
    }
    System.out.println((resident() - before) / 16);
    open.forEach(TrainedModel::close);
  }

  private static long resident() throws IOException {
    Pointer.trimMemory();
    String line =
        Files.readAllLines(STATUS).stream()
            .filter(l -> l.startsWith("VmRSS"))
            .findFirst()
            .orElseThrow();
    return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  private static boolean constants(TrainedModel a, TrainedModel b) {
    return a.with(
        one ->
            b.with(
                other -> {
                  assertThat(other.constants()).hasSizeGreaterThan(5);
                  return other.constants().entrySet().stream()
                      .allMatch(
                          own ->
                              own.getValue()
                                  .sharesMemory(
                                      Objects.requireNonNull(one.constants().get(own.getKey()))));
                }));
  }

  /** Over the shipped weights, whatever {@code factor} says of what trains. */
  private Path adapter(String name, double factor) throws Exception {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      try (TrainedModel model =
          TrainedModel.create(SPEC, new WeightsSource.Builtin("swin-micro"))) {
        model.with(
            own -> {
              try (Scope scope = Scope.inference()) {
                own.trainable()
                    .values()
                    .forEach(p -> p.tensor().assignInPlace(p.tensor().times(factor).plus(0.02)));
              }
              return own;
            });
        model.saveAdapter(file);
      }
    }
    return file;
  }
}
