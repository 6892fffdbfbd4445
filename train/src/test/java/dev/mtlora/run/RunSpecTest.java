package dev.mtlora.run;

import static dev.mtlora.run.SmallConfig.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.data.Sample;
import dev.mtlora.data.transform.ColourJitter;
import dev.mtlora.data.transform.Resize;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Edge;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.weights.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunSpecTest {
  @TempDir private Path folder;

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
    RunSpec config = RunSpec.read(file, List.of());
    RunSpec.Source source = new RunSpec.Source("copy", Path.of("elsewhere"));
    RunSpec copy = RunSpec.parse(source, config.yaml(), List.of());
    assertThat(copy).isEqualTo(config);
    assertThat(RunSpec.read(file, List.of("data=scenes", "train.steps=2", "batch=2")).data())
        .isInstanceOf(ScenesSource.class);
  }

  private static SwinSettings swin(RunSpec config) {
    return (SwinSettings) config.model().backbone();
  }

  /** Rates are for 512 images per update, of however many batches. */
  @Test
  void rate_accumulatedBatches_countAsOne() {
    TrainSpec one = SmallConfig.read("train={batch: 32, warmupEpochs: 0}").train();
    TrainSpec four =
        SmallConfig.read("train={batch: 32, accumulation: 4, warmupEpochs: 0}").train();
    assertThat(one.schedule(10).rate(0)).isEqualTo(5e-4 * 32 / 512);
    assertThat(four.schedule(10).rate(0)).isEqualTo(5e-4 * 128 / 512);
  }

  @Test
  void emptySettings_read_haveThePapersValues() {
    RunSpec config =
        RunSpec.parse(new RunSpec.Source("x", Path.of("")), "tasks: {semseg: {}}", List.of());
    assertThat(config.method()).isEqualTo(MtLora.PAPER);
    assertThat(swin(config).dropPath()).isEqualTo(0.2);
    assertThat(config.augmentation()).isEqualTo(new Augmentation());
    TrainSpec train = config.train();
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
    assertThat(method.ranks().rank().over(4)).containsExactly(1, 2, 3, 4);
    assertThat(method.rankTable(swin(read()).sites(), List.of("semseg", "depth")))
        .containsEntry("shared", List.of(1, 2, 3, 4))
        .containsEntry("semseg", List.of(5, 6, 7, 8))
        .containsEntry("depth", List.of(9, 9, 9, 9));
    assertThat(method.scales().taskScale().byTask()).containsOnlyKeys("depth");
    assertThat(method.scales().scale()).isEqualTo(PerStage.same(2.0));
    assertThat(method.dropout().over(4)).containsExactly(0.0, 0.1, 0.2, 0.3);
  }

  @Test
  void augmentation_withCropAndColour_hasThem() {
    Augmentation both =
        read("augmentation={crop: [0.5, 1], colour: {brightness: 0.4, hue: 0.1}}").augmentation();
    assertThat(both.crop()).contains(new Crop.Shares(List.of(0.5, 1.0)));
    assertThat(both.colour()).contains(new ColourJitter(0.4, 0, 0, 0.1));
    assertThat(read("augmentation.crop=0.8").augmentation().crop())
        .contains(new Crop.Shares(List.of(0.8)));
    assertThat(read("augmentation.crop={height: 32, width: 48}").augmentation().crop())
        .contains(new Crop.Pixels(Map.of("height", 32, "width", 48)));
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
      assertThat(
              more.training(new Resize(Size.square(32)))
                  .apply(sample, new Rng(seed))
                  .image()
                  .values())
          .isEqualTo(
              plain
                  .training(new Resize(Size.square(32)))
                  .apply(sample, new Rng(seed))
                  .image()
                  .values());
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
        .hasMessageContaining("unknown key 'tolerance': it is a key of the block 'tasks.edge'");
  }

  @Test
  void plus_switchedOn_adaptsTheReductionsToo() {
    assertThat(mtlora("method.plus=true")).isEqualTo(mtlora().withPlus());
    assertThat(mtlora("method.name=mtlora-plus")).isEqualTo(mtlora().withPlus());
    assertThat(read("method={plus: true}").methodName()).isEqualTo("mtlora-plus");
    assertThat(read("method={plus: true, dora: true}").methodName()).isEqualTo("mtlora-plus");
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
    RunSpec inFile =
        RunSpec.parse(
            new RunSpec.Source("x", Path.of("far")),
            "tasks: {depth: {}}\ndata: {kind: scenes, cache: here}",
            List.of());
    assertThat(((ScenesSource) inFile.data()).cache())
        .contains(Path.of("far", "here").toAbsolutePath());
  }

  @Test
  void shape_thatNoConfigurationStates_isOfTheWeightsButInWhatARunKeptTheDefault()
      throws IOException {
    try (InputStream micro =
        RunSpec.class.getResourceAsStream("/dev/mtlora/weights/swin-micro.safetensors")) {
      Files.copy(Objects.requireNonNull(micro), folder.resolve("micro.safetensors"));
    }
    String text =
        "{model: {image: 896, weights: micro.safetensors}, tasks: {sal: {}}, data: {kind: scenes}}";
    Path config = file("config.yaml", text);
    RunSpec fresh = RunSpec.read(config, List.of());
    assertThat(swin(fresh).window()).isEqualTo(4);
    RunSpec kept = RunSpec.readKept(config, List.of());
    assertThat(swin(kept).window()).isEqualTo(7);
    assertThat(swin(kept).depths()).containsExactly(2, 2, 6, 2);
    Path whole =
        file("whole.yaml", fresh.yaml()); // a run of now keeps what it has from the weights
    assertThat(RunSpec.readKept(whole, List.of()).model()).isEqualTo(fresh.model());
  }

  /** Else cells that former versions kept of comparisons would count as of other settings. */
  @Test
  void shape_ofWeightsThatIsTheDefault_isNotWrittenOut() throws IOException {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    tensors.put("patch_embed.proj.weight", zeros(96, 3, 4, 4));
    List<Integer> depths = List.of(2, 2, 6, 2);
    for (int s = 0; s < depths.size(); s++) {
      for (int b = 0; b < depths.get(s); b++) {
        String block = "layers." + s + ".blocks." + b + ".attn.";
        tensors.put(block + "relative_position_bias_table", zeros(169, 3L << s));
      }
    }
    SafeTensors.write(folder.resolve("tiny.safetensors"), Map.of(), tensors);
    Path config =
        file("c.yaml", "{model: {weights: tiny.safetensors}, tasks: {sal: {}}, data: scenes}");
    RunSpec fresh = RunSpec.read(config, List.of());
    assertThat(fresh.yaml()).isEqualTo(RunSpec.readKept(config, List.of()).yaml());
    assertThat(fresh.model().backbone()).isEqualTo(SwinSettings.preset("swin-tiny"));
  }

  private static SafeTensors.Source zeros(long... shape) {
    int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return SafeTensors.Source.of(DType.U8, new long[size], shape);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void base_ownKeys_changeItAsSetWould() throws IOException {
    file(
        "base.yaml",
        SmallConfig.TEXT.replace("data: scenes", "data: {kind: scenes, train: 7, cache: kept}"));
    Path middle = file("middle.yaml", "base: base.yaml\nmethod: full\ntrain.epochs: 30\n");
    RunSpec read = RunSpec.read(middle, List.of("train.lr=0.5"));
    assertThat(read.methodName()).isEqualTo("full");
    assertThat(read.taskNames()).containsExactly("semseg", "depth");
    assertThat(read.json())
        .contains("\"train\":7", "\"epochs\":30", "\"lr\":0.5", folder.resolve("kept").toString())
        .doesNotContain("base");
    Path top = file("top.yaml", "base: middle.yaml\ntasks: {depth: {}}\n");
    assertThat(RunSpec.read(top, List.of()).taskNames()).containsExactly("depth");
  }

  @Test
  void resize_anyForm_isReadAndWritten() {
    assertThat(read().data().fit()).isEqualTo(new Fit.Squash());
    assertThat(read().yaml()).doesNotContain("resize");
    assertThat(read("data.resize=letterbox").data().fit()).isEqualTo(new Fit.Letterbox());
    RunSpec wide = read("data.resize={short: 96}", "model.image=[96, 160]");
    assertThat(wide.data().fit()).isEqualTo(new Fit.ShortSide(96));
    assertThat(wide.model().backbone().input().size()).isEqualTo(new Size(96, 160));
    assertThat(RunSpec.parse(new RunSpec.Source("again", Path.of(".")), wide.yaml(), List.of()))
        .isEqualTo(wide);
    assertThatThrownBy(() -> read("data.resize=leterbox"))
        .hasMessageContaining("data: unknown resize 'leterbox': did you mean 'letterbox'?");
    assertThatThrownBy(() -> read("data.resize={long: 3}"))
        .hasMessageContaining("data.resize: unknown key 'long'");
    assertThatThrownBy(() -> read("model.image=[20, 64]"))
        .hasMessageContaining("image size must be at least 32 in height and width")
        .hasMessageContaining("20 x 64");
    assertThatThrownBy(() -> read("augmentation.crop={height: 3}"))
        .hasMessageContaining("augmentation.crop")
        .hasMessageContaining("{height: ..., width: ...}");
  }
}
