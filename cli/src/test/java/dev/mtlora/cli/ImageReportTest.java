package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.train.ImageScore;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ImageReportTest {
  private static List<ImageScore> images(boolean lowerIsBetter, double... values) {
    return DoubleStream.of(values)
        .mapToObj(v -> new ImageScore((int) v, "image " + v, "sal", "mIoU", v, lowerIsBetter))
        .toList();
  }

  private static void assertExtremes(
      List<ImageScore> images, List<Integer> worst, List<Integer> best) {
    ImageReport.Extremes extremes = ImageReport.Extremes.of(images);
    assertThat(extremes.worst()).extracting(ImageScore::index).isEqualTo(worst);
    assertThat(extremes.best()).extracting(ImageScore::index).isEqualTo(best);
  }

  @Test
  void extremes_manyImages_worstAndBestComeFirst() {
    List<ImageScore> up = images(false, 5, 1, 9, 3, 8, 2, 7, 4, 6, 10);
    assertExtremes(up, List.of(1, 2, 3, 4), List.of(10, 9, 8, 7));
    List<ImageScore> down = images(true, 5, 1, 9, 3, 8, 2, 7, 4, 6, 10);
    assertExtremes(down, List.of(10, 9, 8, 7), List.of(1, 2, 3, 4));
  }

  @Test
  void extremes_fewImages_noneIsBoth() {
    assertExtremes(images(false, 3, 1, 2), List.of(1, 2), List.of(3));
    assertExtremes(images(false, 3), List.of(3), List.of());
    assertExtremes(images(false, 4, 4, 1), List.of(1, 4), List.of(4));
  }

  @Test
  void csv_nameWithComma_isQuoted() {
    ImageScore odd = new ImageScore(0, "a, \"b\"", "depth", "rmse", 0.5, true);
    assertThat(ImageReport.csv(List.of(odd)))
        .isEqualTo("image,task,score,value\n\"a, \"\"b\"\"\",depth,rmse,0.5\n");
  }
}
