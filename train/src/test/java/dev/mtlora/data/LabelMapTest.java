package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.tensor.Rng;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelMapTest {
  private static final float NONE = Float.NaN;

  @TempDir private Path folder;

  @Test
  void map_ofOtherChannels_namesBoth() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestLabels.of("depth", new Raster(2, 2, 3)))
        .withMessage(
            "a label that is one value per pixel in m cannot be made of a raster with 3 channels: it needs 1");
  }

  @Test
  void facing_theOtherWay_turnsDirectionsAndNothingElse() {
    Raster raster = new Raster(1, 2, 3, new float[] {0, 0.6f, 0.8f, 0, 0, 0});
    LabelMap up = new LabelMap(new Label.Directions(NormalsY.UP), raster);
    LabelMap down = up.facing(NormalsY.DOWN);
    assertThat(down.label()).isEqualTo(new Label.Directions(NormalsY.DOWN));
    assertThat(down.values()).containsExactly(0, -0.6f, 0.8f, NONE, NONE, NONE);
    assertThat(down.facing(NormalsY.UP).values()).isEqualTo(up.values());
    LabelMap depth = TestLabels.of("depth", new Raster(1, 1, 1));
    assertThat(depth.facing(NormalsY.DOWN)).isSameAs(depth);
  }

  @Test
  void batch_noValueAndExactly255_areIgnored() {
    Raster depth = new Raster(1, 3, 1, new float[] {0, 255, 2});
    Sample sample = new Sample("a", new Raster(1, 3, 3), TestLabels.of(Map.of("depth", depth)));
    assertThat(sample.labels().get("depth").values()).containsExactly(NONE, 255, 2);
    assertThat(Batch.of(List.of(sample)).labels().get("depth").values())
        .containsExactly(255, 255, 2);
  }

  /** Written before labels knew what they are: 255, 0 and zero vectors stood for no value. */
  @Test
  void cache_ofAFormerVersion_meansTheSame() {
    byte[] file =
        Base64.getDecoder()
            .decode(
                "TVRMUwAAAAG6bGZwAAAAeHgBY2BMZGBgYARiJiBmZmBkYmZhZQMzWVNSC0oykGQZGRkcGBSAAgwM7Hn5"
                    + "RbmJOcVAJlwviGEPhAwMkgw+QHImwxkgOYvhLANzcWIOkAlTycjwnxEASqcMAA==");
    Map<String, Label> labels = new HashMap<>();
    List.of("sal", "depth", "normals").forEach(task -> labels.put(task, TestLabels.label(task)));
    Sample sample = SampleFile.decode(file, labels);
    assertThat(sample.image().values()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(sample.labels().get("sal").values()).containsExactly(NONE, 1);
    assertThat(sample.labels().get("depth").values()).containsExactly(NONE, 2.5f);
    assertThat(sample.labels().get("normals").values())
        .containsExactly(NONE, NONE, NONE, 0.6f, 0, 0.8f);
    assertThat(SampleFile.encode(sample)).as("written today").isEqualTo(file);
  }

  @Test
  void cache_ofLabelsThatTheDatasetDoesNotName_isRefused() {
    LabelMap depth = TestLabels.of("depth", new Raster(1, 1, 1));
    Sample sample = new Sample("a", new Raster(1, 1, 3), Map.of("depth", depth));
    Dataset silent =
        new Dataset() {
          @Override
          public int size() {
            return 1;
          }

          @Override
          public Sample get(int index, Rng rng) {
            return sample;
          }
        };
    CachedDataset cached = new CachedDataset(silent, folder, "key");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cached.get(0, new Rng(0)))
        .withMessageContaining("a has labels of [depth]")
        .withMessageContaining("name them all in Dataset.labels()");
  }
}
