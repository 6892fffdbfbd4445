package dev.mtlora.run;

import static dev.mtlora.run.SmallConfig.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Memory;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Shapes;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused before there is anything of its size. */
class BoundsTest {
  @AfterEach
  void memory_afterEveryTest_isTheMachinesAgain() {
    System.clearProperty(Memory.FREE);
    assertThat(Scope.leaks()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.image=1000000        | image size must be at most 16,384 but is 1000000",
        "model.embed=100000000      | swin's width of the last stage must be at most 16,384",
        "model.embed=2147483647     | swin's width of the last stage must be at most 16,384",
        "model.mlpRatio=1.0e9       | width of the last stage's MLP must be at most 16,384",
        "model.depths=[2, 2, 1000000, 2] | number of blocks in a stage must be at most 256 but is 1000000",
        "model.window=65            | swin's window must be at most 64 but is 65",
        "model={backbone: swin-micro, image: 16384, window: 64} | mask of shifted windows must be at most",
        "model.neckChannels=[8, 8, 8, 16385] | model.neckChannels needs one positive number per level (4), none above 16,384",
        "method.rank=1000000        | method.rank must be at most 4,096 but is 1000000",
        "method.taskRank=4097       | method.taskRank must be at most 4,096 but is 4097",
        "method.ranks={'*.*.qkv': 4097} | method.ranks.*.*.qkv must be at most 4,096 but is 4097",
        "method={name: lora, rank: 4097} | method.rank must be at most 4,096 but is 4097",
        "method={name: lora-per-task, rank: 4097} | method.rank must be at most 4,096",
        "method={name: compacter, rank: 4097} | method.rank must be at most 4,096",
        "method={name: compacter, products: 8192} | method.products must be at most 4,096",
        "method={name: polyhistor, rank: 4097} | method.rank must be at most 4,096",
        "method={name: polyhistor, embedding: 4097} | method.embedding must be at most 4,096",
        "method={name: hyperformer++, embedding: 4097} | method.embedding must be at most 4,096",
        "method={name: vpt-deep, prompts: 4097} | method.prompts must be at most 4,096 but is 4097",
        "tasks.semseg.classes=256   | semseg.classes must be 2 to 255 but is 256",
        "tasks.semseg.classes=2147483647 | semseg.classes must be 2 to 255",
        "data={kind: folder, train: t, val: v, labels: {semseg: {encoding: index, classes: 2147483647, ignore: [0]}}} | index labels need 1..255 classes but have 2147483647",
        "data.train=2147483647      | data.train must be at most 10,000,000",
        "train.threads=257          | train.threads must be at most 256 but is 257",
        "train.workers=65           | train.workers must be at most 64 but is 65",
        "train.batch=65537          | train.batch must be at most 65,536 but is 65537",
      })
  void setting_beyondItsBound_isNamedWithValueAndBound(String override, String message) {
    assertThatThrownBy(() -> read(override))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.image=16384",
        "model={backbone: swin-micro, image: 64, embed: 512, heads: [1, 1, 1, 1]}",
        "model.depths=[256, 256, 256, 256]",
        "method.rank=4096",
        "tasks.semseg.classes=255",
        "train.threads=256",
        "train.workers=64",
        "train.batch=65536",
      })
  void setting_atItsBound_isTaken(String override) {
    assertThatCode(() -> read(override)).doesNotThrowAnyException();
  }

  @Test
  void tasks_moreThan64OrTwice_areRefused() {
    RunSpec c = read();
    List<Task> tasks = Collections.nCopies(65, new Saliency());
    assertThatThrownBy(() -> c.spec().with(tasks))
        .hasMessageContaining("number of tasks must be at most 64 but is 65");
    assertThatThrownBy(() -> c.spec().with(tasks.subList(0, 2)))
        .hasMessageContaining("tasks must differ in their names but are [sal, sal]");
  }

  @Test
  void pattern_thousandStars_isAsGoodAsOne() {
    String stars = "*".repeat(1000);
    RunSpec many = read("method.ranks={'stage1." + stars + "1.qkv': 3}");
    assertThat(ranks(many)).isEqualTo(ranks(read("method.ranks={'stage1.*1.qkv': 3}")));
    assertThatThrownBy(() -> read("method.ranks={'stage1." + stars + "x.qkv': 3}"))
        .hasMessageContaining("matches no matrices");
  }

  private static Object ranks(RunSpec config) {
    try (Scope scope = Scope.inference()) {
      return Assembly.of(config).untrainedModel().backbone().ranks();
    }
  }

  static Stream<String> models() {
    List<String> models = new ArrayList<>();
    AdapterMethods.ids().forEach(method -> models.add("method={name: " + method + "}"));
    Decoders.ids().forEach(decoder -> models.add("model.decoder=" + decoder));
    models.add("model.neck=shared");
    models.add("model.absolutePosition=true");
    return models.stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void memory_lessThanEveryModelNeeds_isRefusedWithBothNumbers(String override) {
    RunSpec config = read(override);
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.inference()) {
      ParameterReport real = ParameterReport.of(assembly.untrainedModel());
      System.setProperty(Memory.FREE, "100000");
      assertThatThrownBy(assembly::untrainedModel)
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith(
              String.format(Locale.ROOT, "a model of %,d parameters needs ", real.total()))
          .hasMessageContaining("MB of memory, but 0.1 MB are free");
      assertThatThrownBy(assembly::model)
          .hasMessageStartingWith(
              String.format(
                  Locale.ROOT,
                  "training a model of %,d parameters, %,d of them trained, needs ",
                  real.total(),
                  real.trainable()));
    }
  }

  @Test
  void memory_enoughForTheModelButNotForTraining_isRefusedForTrainingOnly() {
    RunSpec config = read("method=full");
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      long parameters = ParameterReport.of(assembly.untrainedModel()).total();
      System.setProperty(Memory.FREE, Long.toString(15 * parameters));
      assertThat(assembly.base()).isNotNull();
      assertThatThrownBy(assembly::model).hasMessageContaining("training a model of");
      System.setProperty(Memory.FREE, Long.toString(17 * parameters));
      assertThat(assembly.model()).isNotNull();
    }
  }

  @Test
  void memory_ofAHugeModel_isKnownWithoutAnyOfIt() {
    RunSpec huge =
        read(
            "model={backbone: swin-micro, image: 64, embed: 512, heads: [1, 1, 1, 1],"
                + " depths: [256, 256, 256, 256], dropPath: 0}");
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(Assembly.of(huge)::untrainedModel)
          .hasMessageMatching("a model of 68,\\d{3},\\d{3},\\d{3} parameters needs .*GB.*");
    }
  }

  @Test
  void memory_ofThisMachine_isPlausible() {
    assertThat(Memory.free()).isBetween(100_000_000L, 1L << 50);
  }

  @Test
  void shapes_open_countWhatIsMadeAndKeepNothing() {
    try (Scope scope = Scope.inference();
        Shapes shapes = Shapes.open()) {
      Tensor huge = Tensor.zeros(1L << 20, 1L << 20);
      assertThat(huge.times(2).shape()).containsExactly(1L << 20, 1L << 20);
      Tensor.of(new float[] {1, 2, 3}, 3);
      Tensor.zeros(DType.I64, 2);
      assertThat(shapes.bytes()).isEqualTo((4L << 40) + 12 + 16);
      assertThatThrownBy(Shapes::open).hasMessageContaining("already");
    }
    try (Scope scope = Scope.inference()) {
      assertThat(Tensor.of(new float[] {1, 2, 3}, 3).toFloats()).containsExactly(1, 2, 3);
    }
  }
}
