package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.MixedDataset.Mode;
import dev.mtlora.data.MixedDataset.Part;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixedDatasetTest {
  /** Samples of one pixel whose image is drawn and whose only label is their number. */
  private record Of(String task, int size) implements Dataset {
    @Override
    public Sample get(int index, Rng rng) {
      Raster image = new Raster(1, 1, 3);
      Arrays.fill(image.values(), (float) rng.uniform());
      Raster label = new Raster(1, 1, 1, new float[] {index});
      return new Sample(task + index, image, Map.of(task, TestLabels.of(task, label)));
    }
  }

  private static final Part DEPTHS = new Part(new Of("depth", 60), 1);
  private static final Part EDGES = new Part(new Of("edge", 7), 3);

  private static MixedDataset mixed(Mode mode) {
    return new MixedDataset(List.of(DEPTHS, EDGES), mode);
  }

  private static List<Batch> epoch(Mode mode, int epoch, int first, int workers) {
    DataLoader.Settings settings = new DataLoader.Settings(4, true, true, workers, 2 * workers, 5);
    DataLoader loader = new DataLoader(mixed(mode).with((sample, rng) -> sample), settings);
    List<Batch> batches = new ArrayList<>();
    try (Batches open = loader.open(epoch, first)) {
      open.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static List<String> contents(List<Batch> batches) {
    return batches.stream()
        .map(batch -> batch.ids() + Arrays.toString(batch.images().values()))
        .toList();
  }

  private static long edges(List<String> ids) {
    return ids.stream().filter(id -> id.startsWith("1-edge")).count();
  }

  @Test
  void alternate_epoch_hasWholeBatchesOfOneSourceByWeight() {
    List<Batch> batches = new ArrayList<>();
    for (int epoch = 0; epoch < 50; epoch++) {
      List<Batch> one = epoch(Mode.ALTERNATE, epoch, 0, 0);
      assertThat(one).hasSize(67 / 4);
      batches.addAll(one);
    }
    assertThat(batches).allSatisfy(batch -> assertThat(batch.labels()).hasSize(1));
    long ofEdges = batches.stream().filter(batch -> edges(batch.ids()) == 4).count();
    assertThat((double) ofEdges / batches.size()).isCloseTo(0.75, within(0.06));
  }

  @Test
  void mix_epoch_drawsEverySampleByWeightAndIgnoresWhatIsMissing() {
    List<Batch> batches = new ArrayList<>();
    IntStream.range(0, 20).forEach(epoch -> batches.addAll(epoch(Mode.MIX, epoch, 0, 0)));
    long ofEdges = batches.stream().mapToLong(batch -> edges(batch.ids())).sum();
    assertThat(ofEdges / 4.0 / batches.size()).isCloseTo(0.75, within(0.05));
    Batch both =
        batches.stream().filter(batch -> batch.labels().size() == 2).findFirst().orElseThrow();
    for (int i = 0; i < 4; i++) {
      boolean edge = both.ids().get(i).startsWith("1-edge");
      String missing = edge ? "depth" : "edge";
      assertThat(both.labels().get(missing).values()[i]).isEqualTo(Labels.IGNORE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void epoch_anyNumberOfWorkersOrEnteredInTheMiddle_isTheSame(Mode mode) {
    List<String> inline = contents(epoch(mode, 2, 0, 0));
    assertThat(contents(epoch(mode, 2, 0, 3))).isEqualTo(inline);
    assertThat(contents(epoch(mode, 2, 9, 1))).isEqualTo(inline.subList(9, inline.size()));
    assertThat(contents(epoch(mode, 3, 0, 0))).isNotEqualTo(inline);
  }

  @ParameterizedTest
  @EnumSource
  void epoch_sourceSmallerThanItsShare_isGoneThroughAgainWithOtherDraws(Mode mode) {
    List<Draw> draws = mixed(mode).shuffled(4, new Rng(3));
    List<Draw> edges = draws.stream().filter(draw -> draw.index() >= 60).toList();
    List<Draw> depths = draws.stream().filter(draw -> draw.index() < 60).toList();
    assertThat(draws).hasSize(67).doesNotHaveDuplicates();
    assertThat(depths).isNotEmpty().allSatisfy(draw -> assertThat(draw.pass()).isZero());
    assertThat(edges).hasSizeGreaterThan(14);
    for (int pass = 0; pass < 2; pass++) {
      assertThat(edges.subList(7 * pass, 7 * pass + 7))
          .extracting(Draw::index)
          .containsExactlyInAnyOrder(60, 61, 62, 63, 64, 65, 66);
    }
    Set<Float> images = new HashSet<>();
    List<Batch> batches = epoch(mode, 0, 0, 0);
    batches.forEach(
        batch -> {
          for (int i = 0; i < 4; i++) {
            images.add(batch.images().values()[3 * i]);
          }
        });
    assertThat(images).hasSize(4 * batches.size());
  }

  @Test
  void order_unshuffled_isEverySampleOfEverySourceOnce() {
    DataLoader.Settings settings = new DataLoader.Settings(8, false, false, 0, 0, 5);
    List<String> ids = new ArrayList<>();
    try (Batches open = new DataLoader(mixed(Mode.ALTERNATE), settings).open(0, 0)) {
      open.forEachRemaining(batch -> ids.addAll(batch.ids()));
    }
    assertThat(ids).hasSize(67).doesNotHaveDuplicates().startsWith("0-depth0").endsWith("1-edge6");
    assertThatThrownBy(() -> mixed(Mode.MIX).get(67, new Rng(1)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("no sample 67; indices run from 0 to 66");
  }

  /** One pixel with a normal that points to the top. */
  private record Up(NormalsY y, boolean says) implements Dataset {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public Map<String, Label> labels() {
      return says ? Map.of("normals", new Label.Directions(y)) : Map.of();
    }

    @Override
    public Sample get(int index, Rng rng) {
      Raster normal = new Raster(1, 1, 3, new float[] {0, y == NormalsY.UP ? 1 : -1, 0});
      LabelMap label = new LabelMap(new Label.Directions(y), normal);
      return new Sample("n", new Raster(1, 1, 3), Map.of("normals", label));
    }
  }

  private static List<Float> ys(Dataset... parts) {
    MixedDataset mixed =
        new MixedDataset(Arrays.stream(parts).map(part -> new Part(part, 1)).toList(), Mode.MIX);
    return IntStream.range(0, parts.length)
        .mapToObj(i -> mixed.get(i, new Rng(1)).labels().get("normals").at(0, 0, 1))
        .toList();
  }

  @Test
  void normals_ofPartsThatDiffer_pointAsThoseOfTheFirstThatSaysSo() {
    Dataset up = new Up(NormalsY.UP, true);
    Dataset down = new Up(NormalsY.DOWN, true);
    assertThat(ys(up, down)).containsExactly(1f, 1f);
    assertThat(ys(down, up)).containsExactly(-1f, -1f);
    assertThat(ys(new Up(NormalsY.UP, false), down)).containsExactly(-1f, -1f);
    assertThat(ys(new Up(NormalsY.DOWN, false), new Up(NormalsY.UP, false)))
        .containsExactly(1f, 1f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void part_weightThatIsNotPositive_isRefused(double weight) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Part(new Of("sal", 1), weight))
        .withMessageContaining("must be a positive number but is " + weight);
  }

  @Test
  void mixture_ofNothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MixedDataset(List.of(), Mode.MIX))
        .withMessageContaining("sizes []");
    Part empty = new Part(new Of("sal", 0), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MixedDataset(List.of(DEPTHS, empty), Mode.MIX))
        .withMessageContaining("sizes [60, 0]");
  }
}
