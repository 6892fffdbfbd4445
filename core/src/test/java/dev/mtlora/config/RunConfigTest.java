package dev.mtlora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.NormalsY;
import dev.mtlora.data.Raster;
import dev.mtlora.data.Sample;
import dev.mtlora.data.transform.ColourJitter;
import dev.mtlora.data.transform.RandomCrop;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.Slot;
import dev.mtlora.task.Edge;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RunConfigTest {
  private static final String SMALL =
      """
      model: {backbone: swin-micro, image: 64}
      method: {name: mtlora, rank: 8}
      tasks: {semseg: {classes: 16}, depth: {}}
      data: scenes
      """;

  @TempDir private Path folder;

  private static RunConfig read(String... overrides) {
    RunConfig.Source source = new RunConfig.Source("small.yaml", Path.of("somewhere"));
    return RunConfig.parse(source, SMALL, List.of(overrides));
  }

  private static MtLora mtlora(String... overrides) {
    return (MtLora) read(overrides).method();
  }

  static Stream<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("..", "configs"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.getParent().endsWith("compare"))
          .filter(file -> !file.getParent().endsWith("ablations"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shippedConfig_read_isSoundAndSurvivesBeingWritten(Path file) {
    RunConfig config = RunConfig.read(file, List.of());
    RunConfig.Source source = new RunConfig.Source("copy", Path.of("elsewhere"));
    RunConfig copy = RunConfig.parse(source, config.yaml(), List.of());
    assertThat(copy).isEqualTo(config);
    assertThat(RunConfig.read(file, List.of("data=scenes", "train.steps=2", "batch=2")).data())
        .isInstanceOf(ScenesSource.class);
  }

  @Test
  void emptySettings_read_haveThePapersValues() {
    RunConfig config =
        RunConfig.parse(new RunConfig.Source("x", Path.of("")), "tasks: {semseg: {}}", List.of());
    assertThat(config.method()).isEqualTo(MtLora.paper(64, 4, List.of("semseg")));
    assertThat(config.model().backbone().dropPath()).isEqualTo(0.2);
    assertThat(config.augmentation())
        .isEqualTo(
            new Augmentation(
                0.5, 20, List.of(0.75, 1.25), true, Optional.empty(), Optional.empty()));
    TrainConfig train = config.train();
    assertThat(train.epochs()).isEqualTo(300);
    assertThat(train.weightDecay()).isEqualTo(0.05);
    assertThat(train.clip()).isEqualTo(5.0);
    assertThat(train.schedule(160).rate(20 * 160)).isEqualTo(3.125e-5);
    assertThat(train.schedule(160).rate(0)).isEqualTo(3.125e-8);
    assertThat(train.schedule(160).rate(300 * 160)).isEqualTo(3.125e-7);
  }

  @Test
  void ranksAndScales_perStageAndPerTask_areSpread() {
    MtLora method =
        mtlora(
            "method.rank=[1, 2, 3, 4]",
            "method.taskRank={semseg: [5, 6, 7, 8], depth: 9}",
            "method.scale=2",
            "method.taskScale={depth: 3}",
            "method.dropout=[0, 0.1, 0.2, 0.3]");
    assertThat(method.ranks().shared()).containsExactly(1, 2, 3, 4);
    assertThat(method.ranks().tasks())
        .containsEntry("semseg", List.of(5, 6, 7, 8))
        .containsEntry("depth", List.of(9, 9, 9, 9));
    assertThat(method.scales().tasks())
        .containsEntry("semseg", List.of(2.0, 2.0, 2.0, 2.0))
        .containsEntry("depth", List.of(3.0, 3.0, 3.0, 3.0));
    assertThat(method.dropout()).containsExactly(0.0, 0.1, 0.2, 0.3);
  }

  @Test
  void augmentation_withCropAndColour_hasThem() {
    Augmentation both =
        read("augmentation={crop: [0.5, 1], colour: {brightness: 0.4, hue: 0.1}}").augmentation();
    assertThat(both.crop()).contains(new RandomCrop(0.5, 1));
    assertThat(both.colour()).contains(new ColourJitter(0.4, 0, 0, 0.1));
    assertThat(read("augmentation.crop=0.8").augmentation().crop())
        .contains(new RandomCrop(0.8, 0.8));
  }

  @Test
  void augmentation_cropAndColourThatChangeNothing_leaveTheOtherDraws() {
    Raster image = new Raster(40, 60, 3);
    Rng rng = new Rng(2);
    for (int i = 0; i < image.values().length; i++) {
      image.values()[i] = (float) rng.uniform(0, 255);
    }
    Sample sample = new Sample("x", image, Map.of());
    Augmentation plain = read().augmentation();
    Augmentation more = read("augmentation={crop: 1, colour: {hue: 0}}").augmentation();
    for (int seed = 0; seed < 4; seed++) {
      assertThat(more.training(32, NormalsY.UP).apply(sample, new Rng(seed)).image().values())
          .isEqualTo(plain.training(32, NormalsY.UP).apply(sample, new Rng(seed)).image().values());
    }
  }

  @Test
  void edge_withATolerance_keepsItAndOthersRefuseIt() {
    assertThat(read("tasks={edge: {}}").tasks()).containsExactly(new Edge());
    assertThat(read("tasks={edge: {tolerance: 0.011}}").tasks())
        .containsExactly(new Edge(Edge.WEIGHT, 0.011, false));
    assertThatThrownBy(() -> read("tasks={edge: {tolerance: 3}}"))
        .hasMessageContaining("the tolerance of edges is a share of the image's diagonal");
    assertThatThrownBy(() -> read("tasks={depth: {tolerance: 0.011}}"))
        .hasMessageContaining("task 'depth' has no tolerance");
  }

  @Test
  void plus_switchedOn_adaptsTheReductionsToo() {
    assertThat(mtlora("method.plus=true").slots()).contains(Slot.REDUCTION).hasSize(5);
    assertThat(mtlora().slots()).doesNotContain(Slot.REDUCTION).hasSize(4);
  }

  @Test
  void overrides_oneWordBlocks_replaceTheBlock() {
    assertThat(read("method=full").method()).isInstanceOf(FullFineTuning.class);
    assertThat(read("data=scenes", "data.val=3").data())
        .isInstanceOfSatisfying(ScenesSource.class, s -> assertThat(s.val()).isEqualTo(3));
  }

  @Test
  void paths_inFileAndInOverride_areRelativeToTheFileAndToTheCurrentFolder() {
    assertThat(read("model.weights=w.safetensors").model().weights())
        .isEqualTo(new WeightsSource.File(Path.of("w.safetensors").toAbsolutePath()));
    RunConfig inFile =
        RunConfig.parse(
            new RunConfig.Source("x", Path.of("far")),
            "tasks: {depth: {}}\ndata: {kind: scenes, cache: here}",
            List.of());
    assertThat(((ScenesSource) inFile.data()).cache())
        .contains(Path.of("far", "here").toAbsolutePath());
  }

  @Test
  void override_keyBelowAValue_isRefused() {
    assertThatThrownBy(() -> read("train.batch=4", "train.batch.size=3"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train.batch.size: 'batch' has the value 4, no keys below it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modle.image=64             | unknown key 'modle': did you mean 'model'?",
        "model.imgae=64             | model: unknown key 'imgae': did you mean 'image'?",
        "model.backbone=swin-mirco  | unknown backbone 'swin-mirco': did you mean 'swin-micro'?",
        "model.image=70             | image size 70 does not fit windows of 4; sizes near it",
        "model.image=64.5           | model.image must be a whole number but is: 64.5",
        "model.dropPath=1           | model.dropPath must be at least 0 and below 1 but is 1.0",
        "model.neckChannels=[1, 2]  | model.neckChannels needs one positive number per level (4)",
        "model.decoder=hrnte        | unknown decoder 'hrnte': did you mean 'hrnet'?",
        "model.decoder={edge: up}   | model.decoder: unknown key 'edge'",
        "method=mtlroa              | method: unknown name 'mtlroa': did you mean 'mtlora'?",
        "method.rnak=4              | method: unknown key 'rnak': did you mean 'rank'?",
        "method.rank=-1             | method.rank must be at least 0 but is -1",
        "method.rank=four           | method.rank must be a whole number but is: \"four\"",
        "method.rank=[1, 2, 3]      | list of 4, one per stage, but has 3: [1, 2, 3]",
        "method.taskRank={sal: 4}   | method.taskRank: unknown key 'sal'",
        "method.dropout=1.5         | method.dropout must be at least 0 and below 1 but is 1.5",
        "method.slots=[qvk]         | method: unknown slots 'qvk': did you mean 'qkv'?",
        "method.mode=matrx          | method: unknown mode 'matrx': did you mean 'matrix'?",
        "method.trained.norm=false  | method.trained: unknown key 'norm': did you mean 'norms'?",
        "tasks.semesg={}            | tasks: unknown key 'semesg': did you mean 'semseg'?",
        "tasks={}                   | tasks must name at least one task",
        "tasks.depth.classes=4      | tasks.depth: task 'depth' has a fixed number of outputs",
        "tasks.semseg.classes=1     | semseg.classes must be 2 to 255 but is 1",
        "data=scnes                 | data: unknown kind 'scnes': did you mean 'scenes'?",
        "data.train=0               | data.train must be at least 1 but is 0",
        "data.domain=tagret         | data: unknown domain 'tagret': did you mean 'target'?",
        "train.epcohs=3             | train: unknown key 'epcohs': did you mean 'epochs'?",
        "train.batch=0              | train.batch must be at least 1 but is 0",
        "train.epochs=20            | train.warmupEpochs must be less than train.epochs (20)",
        "train.schedule=cosin       | train: unknown schedule 'cosin': did you mean 'cosine'?",
        "train.schedule=multistep   | needs train.milestones",
        "train.lr=-1                | train.lr must not be negative but is -1.0",
        "train.precision=fp16       | train: unknown precision 'fp16'",
        "train.device=gpu           | device must be cpu, cuda or cuda:N but is 'gpu'",
        "augmentation.flip=2        | augmentation: the probability of a flip must be 0..1",
        "augmentation={scale: [2, 1]} | must be [smallest, largest]",
        "augmentation.crop=[0.8, 0.5] | shares [smallest, largest] of the sides, above 0",
        "augmentation.crop=[0.2, 0.5, 1] | augmentation.crop must be [smallest, largest]",
        "augmentation.crop=0         | augmentation: a crop keeps shares",
        "augmentation.colour=0.4     | augmentation.colour must be a block",
        "augmentation.colour={bright: 1} | did you mean 'brightness'?",
        "augmentation.colour={hue: 0.6} | augmentation.colour: the largest change of hue must be 0..0.5",
        "augmentation.colour={contrast: -1} | change of contrast must be 0..1.0 but is -1.0",
        "singleTask.semseg=67.2     | singleTask.semseg must be a positive mIoU",
        "reference=yes please       | reference must be true or false but is: \"yes please\"",
        "batch                      | --set needs key.path=value but got 'batch'",
      })
  void override_wrong_isNamedWithValueAndExpectation(String override, String message) {
    assertThatThrownBy(() -> read(override))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("small.yaml with --set ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tasks: {semseg: {}       | not valid YAML (line",
        "- a list                 | the file must be a block of keys and values",
        "a word                   | the file must be a block of keys and values",
        "tasks: [semseg]          | tasks must be a block of keys and values but is: [\"semseg\"]",
        "tasks: {sal: {}, sal: {}} | not valid YAML",
      })
  void file_notAConfiguration_isRefused(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("wrong.yaml"), text);
    assertThatThrownBy(() -> RunConfig.read(file, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void file_missing_isNamed() {
    Path file = folder.resolve("none.yaml");
    assertThatThrownBy(() -> RunConfig.read(file, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file + " does not exist");
  }

  @Test
  void weights_builtinThatDoesNotExist_areNamed() {
    Assembly assembly = Assembly.of(read("model.weights=builtin:swin-nano"));
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(assembly::model)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("model.weights is builtin:swin-nano, but no weights of this name");
    }
  }

  @Test
  void weights_fileThatDoesNotExist_isNamed() {
    Path file = folder.resolve("no.safetensors");
    Assembly assembly = Assembly.of(read("model.weights=" + file));
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(assembly::model)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file + ", which does not exist");
    }
  }

  @Test
  void aspp_batchOfOne_isRefused() {
    Assembly assembly = Assembly.of(read("model.decoder={depth: aspp}", "batch=1"));
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      assertThatThrownBy(() -> assembly.trainingLoader(model))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("train.batch is 1, but the decoders [aspp, hrnet] need")
          .hasMessageContaining("at least 2");
    }
  }

  @Test
  void folder_taskWithoutLabels_isRefused() {
    String data =
        "data={kind: folder, root: x, train: t.txt, val: v.txt, labels: {sal: {encoding: mask}}}";
    Assembly assembly = Assembly.of(read(data));
    assertThatThrownBy(assembly::validation)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no labels for the task semseg; it has sal");
  }

  @Test
  void folder_otherNumberOfClasses_isRefused() {
    Assembly assembly =
        Assembly.of(
            read(
                "tasks={semseg: {classes: 13}}",
                "data={kind: folder, root: x, train: t.txt, val: v.txt,"
                    + " labels: {semseg: {encoding: index, classes: 40}}}"));
    assertThatThrownBy(assembly::validation)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("have 40 classes but the task has 13");
  }

  @Test
  void scenes_fewerClassesThanTheScenesHave_ignoreTheRest() {
    RunConfig config = read("tasks={semseg: {classes: 2}}");
    Sample sample = Assembly.of(config).validation().get(0, new Rng(0));
    for (float value : sample.labels().get("semseg").values()) {
      assertThat(value == 0 || value == 1 || value == 255).isTrue();
    }
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void base_ownKeys_changeItAsSetWould() throws IOException {
    file("base.yaml", SMALL.replace("data: scenes", "data: {kind: scenes, train: 7, cache: kept}"));
    Path middle = file("middle.yaml", "base: base.yaml\nmethod: full\ntrain.epochs: 30\n");
    RunConfig read = RunConfig.read(middle, List.of("train.lr=0.5"));
    assertThat(read.methodName()).isEqualTo("full");
    assertThat(read.taskNames()).containsExactly("semseg", "depth");
    assertThat(read.json())
        .contains("\"train\":7", "\"epochs\":30", "\"lr\":0.5", folder.resolve("kept").toString())
        .doesNotContain("base");
    Path top = file("top.yaml", "base: middle.yaml\ntasks: {depth: {}}\n");
    assertThat(RunConfig.read(top, List.of()).taskNames()).containsExactly("depth");
  }

  @Test
  void base_missingOrInACircle_isRefused() throws IOException {
    Path missing = file("a.yaml", "base: gone.yaml\n");
    assertThatThrownBy(() -> RunConfig.read(missing, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gone.yaml does not exist");
    Path circle = file("b.yaml", "base: c.yaml\n");
    file("c.yaml", "base: b.yaml\n");
    assertThatThrownBy(() -> RunConfig.read(circle, List.of()))
        .hasMessageContaining("do two files name each other?");
    Path wrong = file("d.yaml", "base: e.yaml\ntrain.epoch: 3\n");
    file("e.yaml", SMALL);
    assertThatThrownBy(() -> RunConfig.read(wrong, List.of()))
        .hasMessageContaining("unknown key 'epoch'");
  }
}
