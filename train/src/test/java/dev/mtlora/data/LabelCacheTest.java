package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.testing.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelCacheTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);
  private static final long LIMIT = 1 << 20;

  @TempDir private Path folder;
  private final AtomicInteger decoded = new AtomicInteger();
  private Path cache;
  private Path source;

  @BeforeEach
  void oneSource() throws IOException {
    cache = folder.resolve("cache");
    source = file(FileNames.of("größe 1.mat"), "7");
  }

  private Path file(String name, String digit) throws IOException {
    Path file = Files.writeString(folder.resolve(name), digit);
    return Files.setLastModifiedTime(file, LONG_AGO);
  }

  /** A map that can't be packed small, so that files have a known size, about 4 KB. */
  private Raster decode(Path file) {
    decoded.incrementAndGet();
    try {
      java.util.Random random = new java.util.Random(Integer.parseInt(Files.readString(file)));
      Raster out = new Raster(64, 64, 1);
      for (int i = 0; i < out.values().length; i++) {
        out.values()[i] = random.nextInt(256);
      }
      return out;
    } catch (IOException e) {
      throw new DataException("gone", e);
    }
  }

  private Raster get(Path file) {
    return new LabelCache(cache, LIMIT).get("parts", file, this::decode);
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.sorted().toList();
    }
  }

  @Test
  void get_secondTime_isReadBackAndNotDecoded() {
    float[] first = get(source).values();
    assertThat(get(source).values()).isEqualTo(first);
    assertThat(decoded).hasValue(1);
  }

  @Test
  void get_otherKindOrFile_isKeptApart() throws IOException {
    LabelCache labels = new LabelCache(cache, LIMIT);
    labels.get("parts", source, this::decode);
    labels.get("edges", source, file -> new Raster(1, 1, 1));
    assertThat(labels.get("edges", source, this::decode).values()).hasSize(1);
    assertThat(get(file("b.mat", "8")).values()).isNotEqualTo(get(source).values());
    assertThat(kept()).hasSize(3);
  }

  @Test
  void get_sourceChangedInSizeOrTime_isDecodedAnew() throws IOException {
    float[] old = get(source).values();
    Files.writeString(source, "8");
    Files.setLastModifiedTime(source, FileTime.fromMillis(LONG_AGO.toMillis() + 1));
    float[] sameSize = get(source).values();
    assertThat(sameSize).isNotEqualTo(old);
    Files.writeString(source, "07");
    Files.setLastModifiedTime(source, FileTime.fromMillis(LONG_AGO.toMillis() + 1));
    assertThat(get(source).values()).isEqualTo(old).isNotEqualTo(sameSize);
    assertThat(decoded).hasValue(3);
  }

  @Test
  void get_sourceJustWritten_isNotKept() throws IOException {
    Path fresh = Files.writeString(folder.resolve("fresh.mat"), "9");
    get(fresh);
    assertThat(kept()).isEmpty();
  }

  @Test
  void get_sourceChangesWhileDecoded_isNotKept() throws IOException {
    new LabelCache(cache, LIMIT)
        .get(
            "parts",
            source,
            file -> {
              try {
                Files.setLastModifiedTime(file, FileTime.fromMillis(5000));
              } catch (IOException e) {
                throw new DataException("gone", e);
              }
              return decode(file);
            });
    assertThat(kept()).isEmpty();
  }

  @Test
  void get_damagedFile_isMadeAnew() throws IOException {
    float[] first = get(source).values();
    Path file = kept().get(0);
    byte[] good = Files.readAllBytes(file);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 4;
    for (byte[] bytes : List.of(flipped, Arrays.copyOf(good, good.length - 3), new byte[0])) {
      Files.write(file, bytes);
      assertThat(get(source).values()).isEqualTo(first);
      assertThat(Files.readAllBytes(file)).isEqualTo(good);
    }
  }

  @Test
  void get_moreThanFits_staysBelowTheLimitAndKeepsTheNewest() throws IOException {
    long limit = 20 * 4200 * 16 / 15;
    LabelCache labels = new LabelCache(cache, limit);
    for (int i = 0; i < 60; i++) {
      labels.get("parts", file(i + ".mat", "" + i), this::decode);
      long bytes = kept().stream().mapToLong(file -> file.toFile().length()).sum();
      assertThat(bytes).as("after %d", i).isLessThanOrEqualTo(limit);
    }
    assertThat(kept().size()).isBetween(15, 22);
    assertThat(decoded).hasValue(60);
    labels.get("parts", folder.resolve("59.mat"), this::decode);
    assertThat(decoded).hasValue(60);
  }

  @Test
  void get_mapTooLargeForTheCache_isNotKept() throws IOException {
    new LabelCache(cache, 10_000).get("parts", source, this::decode);
    assertThat(kept()).isEmpty();
  }

  @Test
  void get_unfinishedFilesOfKilledPrograms_areRemovedOnceOld() throws IOException {
    new LabelCache(cache, LIMIT);
    Path old = Files.writeString(cache.resolve("parts-00.label.1-2.tmp"), "x");
    Files.setLastModifiedTime(old, LONG_AGO);
    Path current = Files.writeString(cache.resolve("parts-00.label.3-4.tmp"), "x");
    Path other = Files.writeString(cache.resolve("notes.txt"), "mine");
    Files.setLastModifiedTime(other, LONG_AGO);
    get(source);
    assertThat(old).doesNotExist();
    assertThat(current).exists();
    assertThat(other).exists();
  }

  @Test
  void get_fromManyThreadsAndCaches_givesTheRightMapsAndLeavesWholeFiles() throws IOException {
    List<Path> files = List.of(source, file("b.mat", "8"), file("c.mat", "9"));
    List<float[]> expected = files.stream().map(file -> decode(file).values()).toList();
    LabelCache one = new LabelCache(cache, LIMIT);
    LabelCache two = new LabelCache(cache, LIMIT);
    IntStream.range(0, 300)
        .parallel()
        .forEach(
            i -> {
              Raster map = (i % 2 == 0 ? one : two).get("parts", files.get(i % 3), this::decode);
              assertThat(map.values()).isEqualTo(expected.get(i % 3));
            });
    assertThat(kept()).hasSize(3).allMatch(file -> file.toString().endsWith(".label"));
  }

  @Test
  void open_whereAFileIs_namesTheFolderAndTheCure() {
    assertThatThrownBy(() -> new LabelCache(source, LIMIT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(source.toString())
        .hasMessageContaining("choose another folder");
    assertThatIllegalArgumentException().isThrownBy(() -> new LabelCache(cache, 0));
  }
}
