package dev.mtlora.data;

import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Raster;
import dev.mtlora.task.Edge;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.Rng;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredLabelsTest {
  private static final Rng RNG = new Rng(1);

  @TempDir private Path root;

  /** Two images of 32 x 24 with classes of the same size and edges of half of it. */
  private FolderDataset folder() {
    for (String id : List.of("a", "b")) {
      png(root.resolve("images/" + id + ".png"), grey(32, 24));
      png(root.resolve("semseg/" + id + ".png"), grey(32, 24));
      png(root.resolve("edge/" + id + ".png"), grey(16, 12));
    }
    write(root.resolve("all.txt"), "a\nb\n".getBytes(StandardCharsets.UTF_8));
    return FolderDataset.validation(
        new FolderSettings(
            root,
            "images",
            Map.of(
                "semseg", new LabelFolder("semseg", new Encoding.Index(5)),
                "edge", new LabelFolder("edge", new Encoding.Mask())),
            new FolderSplit.Lists("all.txt", "all.txt")),
        List.of(new Semseg(5, List.of()), new Edge()));
  }

  private static BufferedImage grey(int width, int height) {
    return picture(width, height, BufferedImage.TYPE_BYTE_GRAY, (x, y) -> 0);
  }

  private static List<Integer> size(Sample sample, String task) {
    LabelMap label = sample.labels().get(task);
    return List.of(label.width(), label.height());
  }

  @Test
  void folder_labelOfOtherSizeThanItsImage_keepsIt() {
    FolderDataset folder = folder();
    assertThat(size(folder.get(1, RNG), "edge")).containsExactly(32, 24);
    Dataset stored = folder.storedLabels();
    assertThat(stored.size()).isEqualTo(2);
    Sample sample = stored.get(1, RNG);
    assertThat(sample.id()).isEqualTo("b");
    assertThat(sample.image().width()).isEqualTo(32);
    assertThat(size(sample, "edge")).containsExactly(16, 12);
    assertThat(size(sample, "semseg")).containsExactly(32, 24);
  }

  @Test
  void wrappers_ofAFolder_passItOn() {
    Transform nothing = (sample, rng) -> sample;
    Dataset wrapped =
        new CachedDataset(Subset.first(folder(), 1), root.resolve("cache"), "key").with(nothing);
    assertThat(size(wrapped.get(0, RNG), "edge")).containsExactly(32, 24);
    assertThat(size(wrapped.storedLabels().get(0, RNG), "edge")).containsExactly(16, 12);
    assertThat(wrapped.storedLabels().size()).isOne();
  }

  @Test
  void cache_ofSamplesWhoseLabelsAreNotResized_staysInUse() {
    Dataset made =
        new Dataset() {
          @Override
          public int size() {
            return 1;
          }

          @Override
          public Sample get(int index, Rng rng) {
            return new Sample("a", new Raster(1, 1, 3), Map.of());
          }
        };
    CachedDataset cached = new CachedDataset(made, root.resolve("cache"), "key");
    assertThat(cached.storedLabels()).isSameAs(cached);
  }
}
