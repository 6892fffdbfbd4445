package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedDatasetTest {
  private static final Map<String, Label> LABELS =
      Map.of("depth", TestLabels.label("depth"), "sal", TestLabels.label("sal"));

  @TempDir private Path folder;

  private static Sample sample(int index) {
    Rng rng = Rng.of(11, index);
    float[] image = new float[5 * 4 * 3];
    float[] depth = new float[5 * 4];
    for (int i = 0; i < image.length; i++) {
      image[i] = rng.below(256);
    }
    for (int i = 0; i < depth.length; i++) {
      depth[i] = (float) rng.uniform(-3, 3);
    }
    depth[0] = -0f;
    depth[1] = Float.MIN_VALUE;
    float[] masks = {0, 1, 255, 0, 7, 1};
    return new Sample(
        "sample " + index,
        new Raster(5, 4, 3, image),
        TestLabels.of(
            Map.of("depth", new Raster(5, 4, 1, depth), "sal", new Raster(2, 3, 1, masks))));
  }

  private static void assertSame(Sample actual, Sample expected) {
    assertThat(actual.id()).isEqualTo(expected.id());
    assertSame(actual.image(), expected.image());
    assertThat(actual.labels()).containsOnlyKeys(expected.labels().keySet());
    expected
        .labels()
        .forEach((task, map) -> assertSame(actual.labels().get(task).raster(), map.raster()));
  }

  private static void assertSame(Raster actual, Raster expected) {
    assertThat(actual.height()).isEqualTo(expected.height());
    assertThat(actual.width()).isEqualTo(expected.width());
    assertThat(actual.channels()).isEqualTo(expected.channels());
    assertThat(bits(actual)).isEqualTo(bits(expected));
  }

  private static int[] bits(Raster raster) {
    return IntStream.range(0, raster.values().length)
        .map(i -> Float.floatToRawIntBits(raster.values()[i]))
        .toArray();
  }

  /** A dataset that counts how often it had to work. */
  private static final class Counted implements Dataset {
    private final AtomicInteger made = new AtomicInteger();

    @Override
    public int size() {
      return 8;
    }

    @Override
    public Map<String, Label> labels() {
      return LABELS;
    }

    @Override
    public Sample get(int index, Rng rng) {
      made.incrementAndGet();
      return sample(index);
    }
  }

  private final Counted source = new Counted();

  private Sample get(String key, int index) {
    return new CachedDataset(source, folder, key).get(index, new Rng(0));
  }

  @Test
  void get_secondTime_readsTheSameBitsBack() {
    assertSame(get("a", 3), sample(3));
    assertSame(get("a", 3), sample(3));
    assertThat(source.made.get()).isEqualTo(1);
  }

  @Test
  void get_otherKeyOrIndex_isKeptApart() throws IOException {
    get("a", 3);
    get("b", 3);
    get("a/", 3);
    get("a_", 3);
    get("a", 4);
    assertThat(source.made.get()).isEqualTo(5);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(5).allMatch(f -> f.toString().endsWith(".sample"));
    }
  }

  @Test
  void get_damagedFile_isMadeAnew() throws IOException {
    get("a", 2);
    Path file = new CachedDataset(source, folder, "a").file(2);
    byte[] good = Files.readAllBytes(file);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 4;
    byte[][] damaged = {
      flipped, Arrays.copyOf(good, good.length - 3), Arrays.copyOf(good, good.length + 1), {}
    };
    for (byte[] bytes : damaged) {
      Files.write(file, bytes);
      assertSame(get("a", 2), sample(2));
      assertThat(Files.readAllBytes(file)).isEqualTo(good);
    }
    assertThat(source.made.get()).isEqualTo(5);
  }

  @Test
  void get_fromManyThreads_leavesWholeFilesOnly() throws IOException {
    CachedDataset cached = new CachedDataset(source, folder, "a");
    IntStream.range(0, 400)
        .parallel()
        .forEach(i -> assertSame(cached.get(i % 8, new Rng(0)), sample(i % 8)));
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(8).allMatch(f -> f.toString().endsWith(".sample"));
    }
  }

  @Test
  void get_indexOutOfRange_isNamed() {
    assertThatThrownBy(() -> get("a", 8))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("no sample 8")
        .hasMessageContaining("0 to 7");
  }

  @Test
  void open_whereAFileIs_namesTheFolderAndTheCure() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "not a folder");
    assertThatThrownBy(() -> new CachedDataset(source, file, "a"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("choose another folder");
  }

  @Test
  void get_folderGone_namesTheFolderAndTheCure() throws IOException {
    Path inner = folder.resolve("inner");
    CachedDataset cached = new CachedDataset(source, inner, "a");
    Files.delete(inner);
    assertThatThrownBy(() -> cached.get(0, new Rng(0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(inner.toString())
        .hasMessageContaining("free some space");
  }

  @Property(tries = 500)
  void decode_anyDamage_isNoticedOrHarmless(@ForAll long seed) {
    Rng rng = new Rng(seed);
    byte[] bytes = SampleFile.encode(sample(1));
    for (int i = 0; i <= rng.below(3); i++) {
      bytes[rng.below(bytes.length)] ^= (byte) (1 + rng.below(255));
    }
    byte[] damaged = rng.chance(0.3) ? Arrays.copyOf(bytes, rng.below(bytes.length)) : bytes;
    Sample read;
    try {
      read = SampleFile.decode(damaged, LABELS);
    } catch (DataException e) {
      return;
    }
    assertSame(read, sample(1)); // a few bits of a compressed stream pad and mean nothing
  }
}
