package dev.mtlora.newcomer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.data.Batch;
import dev.mtlora.data.CachedDataset;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Encoding;
import dev.mtlora.data.FolderDataset;
import dev.mtlora.data.FolderSettings;
import dev.mtlora.data.FolderSplit;
import dev.mtlora.data.LabelFolder;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.check.Findings;
import dev.mtlora.data.check.Kind;
import dev.mtlora.data.check.LabelStats;
import dev.mtlora.data.check.SplitCheck;
import dev.mtlora.data.check.SplitReport;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.RandomCrop;
import dev.mtlora.data.transform.ScaleRotate;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.model.Predictor;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.Evaluator;
import dev.mtlora.train.Schedule;
import dev.mtlora.train.TrainSettings;
import dev.mtlora.train.Trainer;
import dev.mtlora.train.Training;
import dev.mtlora.train.TrainingListener;
import dev.mtlora.train.balance.FixedWeights;
import dev.mtlora.weights.Checkpoint;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A seventh task is a record and a meter: with those alone it is read, augmented, kept, checked,
 * trained, scored, shown, saved and opened again, beside a task of the catalogue.
 */
class SeventhTaskTest {
  private static final Albedo ALBEDO = new Albedo(1);
  private static final List<Task> TASKS = List.of(ALBEDO, new Depth());
  private static final int SIDE = 32;
  private static final Dataset WALLS = new PaintedWalls(6, ALBEDO);

  @TempDir private Path folder;

  private static MultiTaskModel model(long seed) {
    SwinSettings settings =
        new SwinSettings(
            SIDE, 12, List.of(1, 1), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    List<String> names = TASKS.stream().map(Task::name).toList();
    Backbone backbone = Backbone.of(settings, new FullFineTuning(), names, new Rng(seed));
    List<Integer> channels = backbone.pyramid().stream().map(level -> level.channels()).toList();
    List<Integer> neck = List.of(8, 8);
    Rng rng = new Rng(seed + 1);
    return new MultiTaskModel(
        backbone, TASKS.stream().map(task -> head(task, channels, neck, rng)).toList());
  }

  private static Head head(Task task, List<Integer> channels, List<Integer> neck, Rng rng) {
    return new Head(
        task,
        new Neck(rng, channels, neck),
        Decoders.of("hrnet").build(new DecoderSpec(neck, task.outputs()), rng));
  }

  /** Mirrored, turned, zoomed and cut. */
  private static Pipeline augmentation() {
    return new Pipeline(
        List.of(
            new RandomCrop(0.7, 0.9),
            Pipeline.training(Size.square(SIDE), ScaleRotate.between(20, 0.75, 1.25))));
  }

  private static DataLoader loader(Dataset dataset, boolean shuffle) {
    return new DataLoader(dataset, new DataLoader.Settings(3, shuffle, true, 0, 0, 5));
  }

  private static DataLoader evaluation() {
    return loader(WALLS.with(Pipeline.evaluation(Size.square(SIDE))), false);
  }

  private static double score(MultiTaskModel model) {
    return Objects.requireNonNull(
        new Evaluator(Device.CPU, false)
            .evaluate(model, evaluation())
            .headlines()
            .get(ALBEDO.name()));
  }

  @Test
  void augmentation_ofAlbedo_movesColoursAndNeverChangesThem() {
    for (int index = 0; index < WALLS.size(); index++) {
      Sample before = WALLS.get(index, new Rng(0));
      Sample after = augmentation().apply(before, new Rng(index));
      assertThat(colours(after)).isSubsetOf(colours(before)).hasSizeGreaterThan(1);
      Set<Float> metres = new HashSet<>();
      for (float value : after.labels().get("depth").values()) {
        metres.add(value);
      }
      assertThat(metres).as("metres are zoomed").hasSize(2).contains(Float.NaN).doesNotContain(3f);
    }
  }

  private static Set<List<Float>> colours(Sample sample) {
    LabelMap albedo = sample.labels().get(ALBEDO.name());
    Set<List<Float>> colours = new HashSet<>();
    for (int at = 0; at < albedo.values().length; at += 3) {
      float[] v = albedo.values();
      colours.add(List.of(v[at], v[at + 1], v[at + 2]));
    }
    return colours;
  }

  @Test
  void cache_ofAlbedo_readsTheSameBack() {
    Dataset cached = new CachedDataset(WALLS, folder, "walls");
    for (int time = 0; time < 2; time++) {
      Sample sample = cached.get(1, new Rng(0));
      LabelMap read = sample.labels().get(ALBEDO.name());
      assertThat(read.label()).isEqualTo(ALBEDO.label());
      assertThat(read.values()).isEqualTo(WALLS.get(1, new Rng(0)).labels().get("albedo").values());
    }
  }

  private static SplitReport check(Dataset dataset) {
    SplitCheck.Settings settings = new SplitCheck.Settings("train", TASKS, 0, 3, 1, 5);
    return new SplitCheck(settings, tasks -> dataset).run((done, all) -> {});
  }

  @Test
  void check_ofAlbedo_countsItAsValuesWithoutAUnit() {
    SplitReport report = check(WALLS);
    assertThat(report.findings())
        .extracting(Findings::kind, Findings::task)
        .containsExactly(tuple(Kind.FLAT_DEPTH, "depth"));
    LabelStats albedo = report.stats().get(ALBEDO.name());
    assertThat(albedo.images()).isEqualTo(6);
    assertThat(albedo.coverage()).isEqualTo((PaintedWalls.HEIGHT - 2.0) / PaintedWalls.HEIGHT);
    assertThat(albedo.classes()).isEmpty();
    assertThat(albedo.least()).isBetween(0.1, 0.4);
    assertThat(albedo.most()).isBetween(0.6, 0.9);
    assertThat(albedo.mean()).isBetween(albedo.least(), albedo.most());
  }

  @Test
  void check_ofAlbedoThatIsInfiniteOrMissing_saysSo() {
    SplitReport report =
        check(WALLS.with((sample, rng) -> sample.map(image -> image, SeventhTaskTest::spoilt)));
    assertThat(report.findings())
        .filteredOn(found -> found.task().equals(ALBEDO.name()))
        .extracting(Findings::kind)
        .containsExactly(Kind.OUT_OF_RANGE);
    assertThat(report.findings().get(0).examples().get(0))
        .isEqualTo("wall-0: 1 of 1920 pixels are infinite");
  }

  private static LabelMap spoilt(String task, LabelMap label) {
    if (task.equals(ALBEDO.name())) {
      label.values()[4] = Float.POSITIVE_INFINITY;
    }
    return label;
  }

  @Test
  void show_ofLabelAndPrediction_givesColours() {
    Batch batch = Batch.of(List.of(WALLS.get(0, new Rng(0))));
    Block label = batch.labels().get(ALBEDO.name());
    int[] shown = ALBEDO.show(label.values(), label.height(), label.width());
    assertThat(shown[PaintedWalls.UNKNOWN * PaintedWalls.WIDTH])
        .as("nothing known")
        .isEqualTo(0xFF00FF);
    int red = Math.round(255 * WALLS.get(0, new Rng(0)).labels().get("albedo").at(0, 0, 0));
    assertThat(shown[0] >> 16).isEqualTo(red);
  }

  @Test
  void training_ofAlbedo_learnsIsScoredSavedAndOpenedAgain() {
    Path checkpoint = folder.resolve("last");
    TrainingListener saving =
        new TrainingListener() {
          @Override
          public void onCheckpoint(Training training) {
            Checkpoint.write(checkpoint, training.state());
          }
        };
    Raster picture = WALLS.get(2, new Rng(0)).image();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(1);
      double before = score(model);
      DataLoader training = loader(WALLS.with(augmentation()), true);
      new Trainer(settings(), constant(5e-3), List.of(saving)).fit(model, training, evaluation());
      double after = score(model);
      assertThat(after).isLessThan(before / 2);
      float[] predicted = Predictor.of(model).predict(picture).get(ALBEDO.name()).values();
      MultiTaskModel opened = model(7);
      assertThat(score(opened)).isNotEqualTo(after);
      Checkpoint.loadModel(checkpoint, opened);
      assertThat(score(opened)).isEqualTo(after);
      Map<String, Block> again = Predictor.of(opened).predict(picture);
      assertThat(again.get(ALBEDO.name()).values()).isEqualTo(predicted);
      assertThat(again.get(ALBEDO.name()).channels()).isEqualTo(3);
    }
  }

  private static TrainSettings settings() {
    AdamW.Settings adamW = new AdamW.Settings(0.9, 0.999, 1e-8, 0.05);
    return new TrainSettings(15, 0, 1, 5.0, false, Device.CPU, 11, adamW, 0, 0, new FixedWeights());
  }

  private static Schedule constant(double rate) {
    return new Schedule.MultiStep(new Schedule.WarmUp(rate, 0, 0), List.of(), 1);
  }

  @Test
  void folder_withPngsOfAlbedo_isRefusedRatherThanReadAsClasses() {
    for (Encoding encoding : List.of(new Encoding.Mask(), new Encoding.DepthMm())) {
      FolderSettings settings =
          new FolderSettings(
              folder,
              "images",
              Map.of("albedo", new LabelFolder("albedo", encoding)),
              new FolderSplit.Fraction(0.5, 1));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FolderDataset.training(settings, List.of(ALBEDO)))
          .withMessageContaining("labels.albedo cannot be encoded as ")
          .withMessageContaining("3 values per pixel, which no file holds")
          .withMessageContaining("a Dataset in Java");
    }
  }
}
