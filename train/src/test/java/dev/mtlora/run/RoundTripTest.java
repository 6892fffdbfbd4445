package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.decoder.Decoders;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.spec.Backbones;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.task.Tasks;
import dev.mtlora.train.balance.Balances;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a configuration says, what is written of it reads as the same, over all catalogues. */
class RoundTripTest {
  private static final RunSpec.Source ELSEWHERE = new RunSpec.Source("copy", Path.of("elsewhere"));

  /** Settings that go together in any choice, one of each list. */
  private static final List<List<String>> CHOICES =
      List.of(
          List.of("method.rank=3", "method.rank=[1, 2, 3, 4]", "method.rank=0"),
          List.of("method.taskRank={depth: 5}", "method.taskRank={depth: [1, 2, 3, 4], '*': 7}"),
          List.of("method.taskScale=2", "method.taskScale={semseg: 0.3}", "method.scale=1.0e-3"),
          List.of("method.dropout=[0, 0.1, 0.2, 0.3]", "method.dropout=0.30000000000000004"),
          List.of("method.slots=[qkv]", "method.slots=[fc2, proj]", "method.plus=true"),
          List.of("method.ranks={'stage3.*.*': 32, '*.*.*': 4}", "method.rsLora=true"),
          List.of("method.shrink={share: 0.5}", "method.pissa=true", "method.everyBlock=true"),
          List.of("method.trained={norms: false}", "method.trained.base=true"),
          List.of("model.decoder={semseg: aspp}", "model.decoder={name: segformer, channels: 31}"),
          List.of("model.neck=shared", "model.neck=none", "model.neckChannels=[1, 2, 3, 4]"),
          List.of("model.dropPath=0.125", "model.mlpRatio=2.5", "model.qkScale=0.3"),
          List.of("model.weights=w.pth", "model.tableResize=timm", "model.merged=true"),
          List.of("tasks.semseg.names=[no, 010, 1.10, ~a, 'null', 'ü #', '- x', \"a\\nb\"]"),
          List.of("tasks.depth.weight=0", "tasks.edge={tolerance: 0.011}", "tasks.sal="),
          List.of("data={kind: nyud, root: x}", "data={kind: pascal, cache: y}", "data=nyud"),
          List.of(
              "augmentation={scales: [1, 1.5]}", "augmentation={crop: 0.5, colour: {hue: 0.1}}"),
          List.of("train.steps=7", "train.schedule=step", "train.precision=bf16"),
          List.of("train.balance={name: famo, rate: 0.5}", "train.balance=dwa"),
          List.of("train.seed=-9007199254740993", "train.lr=1.0e-12", "train.clip=0"),
          List.of("singleTask.depth=1", "reference=true"));

  @RepeatedTest(200)
  void settings_chosenAtRandom_surviveTheirCopies(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> overrides = new ArrayList<>();
    for (List<String> choice : CHOICES) {
      if (random.nextBoolean()) {
        overrides.add(choice.get(random.nextInt(choice.size())));
      }
    }
    RunSpec run =
        RunSpec.parse(
            new RunSpec.Source("x", Path.of("somewhere")),
            "{model: {backbone: swin-micro, image: 64}, tasks: {semseg: {}, depth: {}}}",
            overrides);
    assertSame(run, overrides.toString());
  }

  private static void assertSame(RunSpec run, String what) {
    assertThat(RunSpec.parseKept(ELSEWHERE, run.yaml(), List.of())).as(what).isEqualTo(run);
    assertThat(RunSpec.parseKept(ELSEWHERE, run.json(), List.of())).as(what).isEqualTo(run);
    assertThat(ModelSpec.ofJson(run.spec().json())).as(what).isEqualTo(run.spec());
  }

  static Stream<String> members() {
    return Stream.of(
            AdapterMethods.ids().stream().map(id -> "method=" + id),
            Decoders.ids().stream().map(id -> "model.decoder=" + id),
            Balances.ids().stream().map(id -> "train.balance=" + id),
            Tasks.ids().stream().map(id -> "tasks={" + id + ": {}}"),
            Backbones.ALL.ids().stream().map(id -> "model=" + id),
            Datasets.ids().stream().map(RoundTripTest::data))
        .flatMap(all -> all);
  }

  private static String data(String kind) {
    Map<String, String> more =
        Map.of(
            "folder",
            ", train: t, val: v, labels: {semseg: {encoding: index, classes: {a: [1], b: [2, 3]}, ignore: rest},"
                + " depth: {folder: d, encoding: depth_mm}, normals: {encoding: normals_rgb, y: down}}",
            "mixed",
            ", mode: mix, sources: [{tasks: [depth], weight: 2, kind: scenes, seed: 7}, {tasks: [semseg],"
                + " kind: folder, root: r, split: {val: 0.25}, labels: {semseg: {encoding: index, classes: 4,"
                + " ignore: [9]}}}]");
    return "data={kind: " + kind + more.getOrDefault(kind, "") + "}";
  }

  @ParameterizedTest
  @MethodSource("members")
  void member_ofACatalogue_survivesItsCopies(String override) {
    RunSpec run =
        RunSpec.parse(
            new RunSpec.Source("x", Path.of("somewhere")),
            "{model: {backbone: swin-micro, image: 64}, tasks: {semseg: {classes: 2}}}",
            List.of(override));
    assertSame(run, override);
  }
}
