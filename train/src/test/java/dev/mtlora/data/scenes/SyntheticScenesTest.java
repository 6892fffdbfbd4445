package dev.mtlora.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Sample;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Version 1. */
class SyntheticScenesTest extends ScenesContract {
  SyntheticScenesTest() {
    super(
        1,
        List.of(
            1676217206L,
            2324607576L,
            2092199906L,
            4016207963L,
            540629377L,
            3104003690L,
            3046736370L,
            3427488795L),
        List.of(
            1057267860L,
            3237382228L,
            2989661981L,
            945702269L,
            2044099708L,
            2161219719L,
            2716037879L,
            1696528259L));
  }

  /** Sums taken before there was another version, of a hundred scenes each at the usual size. */
  @ParameterizedTest
  @CsvSource({
    "SOURCE, 2, 2690330094",
    "SOURCE, 3, 57611905",
    "TARGET, 2, 3499786211",
    "TARGET, 3, 1163536831"
  })
  void get_hundredScenes_areThoseOfBeforeThereWereVersions(Domain domain, long seed, long sum) {
    SyntheticScenes scenes =
        new SyntheticScenes(new SceneSettings(domain, seed, 100, 128, SyntheticScenes.TASKS));
    CRC32 crc = new CRC32();
    for (int i = 0; i < 100; i++) {
      Sample sample = scenes.get(i, new Rng(0));
      Map<String, Raster> rasters = new TreeMap<>();
      sample.labels().forEach((task, label) -> rasters.put(task, label.stored()));
      rasters.put("image", sample.image());
      for (Raster raster : rasters.values()) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * raster.values().length);
        bytes.asFloatBuffer().put(raster.values());
        crc.update(bytes.array());
      }
    }
    assertThat(crc.getValue()).isEqualTo(sum);
  }

  @Test
  void key_ofVersionOne_isThatOfCachesFromBeforeThereWereVersions() {
    SceneSettings settings =
        new SceneSettings(1, Domain.TARGET, 3, 9, 128, List.of("semseg", "sal"));
    assertThat(new SyntheticScenes(settings).key())
        .isEqualTo("scenes-v2-target-3-128px-semseg+sal");
  }

  @Test
  void settings_withoutAVersion_areOfVersionOne() {
    assertThat(new SceneSettings(Domain.SOURCE, 1, 1, 64, List.of()))
        .isEqualTo(new SceneSettings(1, Domain.SOURCE, 1, 1, 64, List.of()));
  }

  @Test
  void settings_ofAVersionThatIsNot_nameThoseThatAre() {
    for (int version : new int[] {0, 3, -1}) {
      assertThatThrownBy(() -> new SceneSettings(version, Domain.SOURCE, 1, 1, 64, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no version " + version)
          .hasMessageContaining("[1, 2]");
    }
  }
}
