package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataLoaderTest {
  /** Samples of 2 x 2 pixels whose image holds a random number; every third one has no depth. */
  private record Numbers(int size, Set<Integer> read) implements Dataset {
    Numbers(int size) {
      this(size, ConcurrentHashMap.newKeySet());
    }

    @Override
    public Sample get(int index, Rng rng) {
      read.add(index);
      Raster image = new Raster(2, 2, 3);
      Arrays.fill(image.values(), (float) rng.uniform());
      Raster depth = new Raster(2, 2, 1, new float[] {index, 1, 2, 3});
      return new Sample(
          "s" + index,
          image,
          index % 3 == 0 ? Map.of() : Map.of("depth", TestLabels.of("depth", depth)));
    }
  }

  private static DataLoader.Settings settings(int batch, int workers) {
    return new DataLoader.Settings(batch, true, false, workers, 2 * workers, 5);
  }

  private static List<Batch> all(DataLoader loader, int epoch, int first) {
    List<Batch> batches = new ArrayList<>();
    try (Batches open = loader.open(epoch, first)) {
      open.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static void assertEqual(List<Batch> a, List<Batch> b) {
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.get(i).ids()).isEqualTo(b.get(i).ids());
      assertThat(a.get(i).images().values()).isEqualTo(b.get(i).images().values());
      assertThat(a.get(i).labels().keySet()).isEqualTo(b.get(i).labels().keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void epoch_anyNumberOfWorkers_givesTheSameBatches(int workers) {
    List<Batch> inline = all(new DataLoader(new Numbers(23), settings(4, 0)), 3, 0);
    assertThat(inline).hasSize(6);
    assertEqual(all(new DataLoader(new Numbers(23), settings(4, workers)), 3, 0), inline);
  }

  @Test
  void epoch_another_givesAnotherOrderAndOtherDraws() {
    DataLoader loader = new DataLoader(new Numbers(23), settings(23, 0));
    Batch first = all(loader, 0, 0).get(0);
    Batch second = all(loader, 1, 0).get(0);
    assertThat(first.ids()).containsExactlyInAnyOrderElementsOf(second.ids());
    assertThat(first.ids()).isNotEqualTo(second.ids());
    Set<Float> draws = new HashSet<>();
    for (Batch batch : List.of(first, second)) {
      for (int i = 0; i < 23; i++) {
        draws.add(batch.images().values()[12 * i]);
      }
    }
    assertThat(draws).hasSize(46);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void open_inTheMiddle_givesTheRestWithoutReadingTheBeginning(int workers) {
    List<Batch> whole = all(new DataLoader(new Numbers(20), settings(4, 0)), 1, 0);
    Numbers numbers = new Numbers(20);
    assertEqual(
        all(new DataLoader(numbers, settings(4, workers)), 1, 3), whole.subList(3, whole.size()));
    assertThat(numbers.read()).hasSize(8);
  }

  @Test
  void batches_dropLast_leavesOutTheRest() {
    Numbers ten = new Numbers(10);
    assertThat(new DataLoader(ten, settings(4, 0)).batches()).isEqualTo(3);
    assertThat(new DataLoader(ten, new DataLoader.Settings(4, true, true, 0, 0, 1)).batches())
        .isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataLoader(ten, new DataLoader.Settings(11, true, true, 0, 0, 1)))
        .withMessageContaining("10 samples make no batch of 11");
  }

  @Test
  void epoch_withoutShuffle_keepsTheOrder() {
    DataLoader loader =
        new DataLoader(new Numbers(5), new DataLoader.Settings(3, false, false, 0, 0, 1));
    assertThat(all(loader, 0, 0).get(0).ids()).containsExactly("s0", "s1", "s2");
  }

  @Test
  void batch_labelMissing_isIgnoredAndTaskOfNobodyIsAbsent() {
    Numbers numbers = new Numbers(7);
    Rng rng = new Rng(1);
    Batch mixed = Batch.of(List.of(numbers.get(0, rng), numbers.get(2, rng)));
    assertThat(mixed.labels().get("depth").values())
        .containsExactly(
            Labels.IGNORE, Labels.IGNORE, Labels.IGNORE, Labels.IGNORE, 2f, 1f, 2f, 3f);
    assertThat(Batch.of(List.of(numbers.get(0, rng), numbers.get(3, rng))).labels()).isEmpty();
  }

  @Test
  void batch_pixels_becomePlanes() {
    Raster image = new Raster(1, 2, 3, new float[] {1, 2, 3, 4, 5, 6});
    assertThat(Batch.of(List.of(new Sample("x", image, Map.of()))).images().values())
        .containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void batch_differentSizes_namesBothImages() {
    Sample a = new Sample("a", new Raster(2, 2, 3), Map.of());
    Sample b = new Sample("b", new Raster(2, 3, 3), Map.of());
    assertThatThrownBy(() -> Batch.of(List.of(a, b)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images of a (2 x 2")
        .hasMessageContaining("b (3 x 2")
        .hasMessageContaining("resize");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void next_workerFails_throwsItsMessage(int workers) {
    Dataset broken = failing(new DataException("images/7.jpg is truncated"));
    try (Batches batches = new DataLoader(broken, settings(2, workers)).open(0, 0)) {
      assertThatThrownBy(() -> batches.forEachRemaining(batch -> {}))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("images/7.jpg is truncated");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void next_bugInDataset_namesTheSample(int workers) {
    Dataset broken = failing(new IndexOutOfBoundsException("oops"));
    try (Batches batches = new DataLoader(broken, settings(2, workers)).open(4, 0)) {
      assertThatThrownBy(() -> batches.forEachRemaining(batch -> {}))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("sample 7 (epoch 4)")
          .hasMessageContaining("oops");
    }
  }

  private static Dataset failing(RuntimeException failure) {
    Numbers numbers = new Numbers(9);
    Transform fail =
        (sample, rng) -> {
          if (sample.id().equals("s7")) {
            throw failure;
          }
          return sample;
        };
    return numbers.with(fail);
  }

  @Test
  void close_whileWorkersRead_stopsThemAfterTheirSample() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(2);
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger begun = new AtomicInteger();
    Dataset slow =
        new Numbers(100)
            .with(
                (sample, rng) -> {
                  begun.incrementAndGet();
                  reading.countDown();
                  try {
                    Thread.sleep(60_000);
                  } catch (InterruptedException e) {
                    ended.incrementAndGet();
                  }
                  return sample;
                });
    Batches batches = new DataLoader(slow, settings(50, 2)).open(0, 0);
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
    batches.close();
    assertThat(ended).as("both workers ended their sample").hasValue(2);
    assertThat(begun).as("and began no other").hasValue(2);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("mtlora-loader")) {
        thread.join(30_000); // a thread outlives its last work by a moment
        assertThat(thread.isAlive()).isFalse();
      }
    }
    assertThat(batches.hasNext()).isFalse();
    assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void open_slowConsumer_readsNoMoreThanPrefetchAhead() {
    Numbers numbers = new Numbers(100);
    try (Batches batches = new DataLoader(numbers, settings(5, 2)).open(0, 0)) {
      batches.next();
    }
    assertThat(numbers.read()).hasSizeLessThanOrEqualTo(25);
  }

  @Test
  void settings_impossible_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> settings(0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataLoader.Settings(1, true, true, 2, 1, 1))
        .withMessageContaining("prefetch >= workers");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataLoader(new Numbers(4), settings(2, 0)).open(0, 3));
  }

  @Test
  void subset_givesItsSamplesAndChecksIndices() {
    Subset subset = new Subset(new Numbers(9), List.of(4, 2));
    assertThat(subset.size()).isEqualTo(2);
    assertThat(subset.get(1, new Rng(1)).id()).isEqualTo("s2");
    assertThat(Subset.first(subset, 5).size()).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Subset(subset, List.of(2)))
        .withMessageContaining("sample 2");
  }
}
