package dev.mtlora.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;

import dev.mtlora.image.Images;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_videoio.VideoWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `predict` and training make of pictures of every format, and of videos. */
class PredictFormatsTest extends CommandCase {
  private static final List<String> KINDS = List.of("bmp", "tif", "tiff", "webp", "png", "jpg");
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {sal: {}}
      data: {kind: scenes, train: 2, val: 1}
      train: {steps: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @TempDir private static Path trained;

  @BeforeAll
  static void oneRun() throws IOException {
    Path config = Files.writeString(trained.resolve("c.yaml"), CONFIG);
    String run = trained.resolve("run").toString();
    assertThat(Main.commandLine().execute("train", config.toString(), "--out", run)).isZero();
  }

  @BeforeEach
  void emptyFolder() throws IOException {
    Files.createDirectory(folder.resolve("in"));
  }

  private int predict(String input) {
    return run("predict", trained.resolve("run").toString(), at(input), "--out", at("p"));
  }

  private void picture(String name, int grey) {
    try (Mat picture = new Mat(32, 40, CV_8UC3, Scalar.all(grey))) {
      assertThat(imwrite(at("in/" + name), picture)).isTrue();
    }
  }

  /** Every frame is ten levels brighter than the one before. */
  private Path video(int frames) {
    Path file = folder.resolve("in/clip.avi");
    int mjpg = VideoWriter.fourcc((byte) 'M', (byte) 'J', (byte) 'P', (byte) 'G');
    try (Size size = new Size(40, 32);
        VideoWriter writer = new VideoWriter(file.toString(), mjpg, 25, size, true)) {
      for (int i = 1; i <= frames; i++) {
        try (Mat frame = new Mat(32, 40, CV_8UC3, Scalar.all(10 * i))) {
          writer.write(frame);
        }
      }
      writer.release();
    }
    return file;
  }

  private List<String> predicted() throws IOException {
    try (var all = Files.list(folder.resolve("p"))) {
      return all.map(file -> file.getFileName().toString())
          .filter(file -> !file.startsWith("index"))
          .sorted()
          .toList();
    }
  }

  /** The grey of the image at the left of a panel. */
  private float shown(String name) {
    Raster panel = Images.read(folder.resolve("p/" + name + "_panel.png"));
    return panel.at(60, 60, 0);
  }

  @Test
  void folder_ofEveryFormat_isPredicted() throws IOException {
    for (String kind : KINDS) {
      picture("of_" + kind + "." + kind, 90);
    }
    assertThat(predict("in")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("6 predicted").doesNotContain("not read");
    assertThat(predicted()).hasSize(12);
    for (String kind : KINDS) {
      assertThat(shown("of_" + kind)).as(kind).isBetween(88f, 92f);
    }
  }

  @Test
  void video_ofMotionJpeg_isPredictedFrameByFrame() throws IOException {
    video(11);
    assertThat(predict("in/clip.avi")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("11 predicted");
    assertThat(predicted())
        .hasSize(22)
        .startsWith("clip_000001_panel.png", "clip_000001_sal.png", "clip_000002_panel.png")
        .endsWith("clip_000011_panel.png", "clip_000011_sal.png");
    assertThat(shown("clip_000002")).isBetween(17f, 23f);
    assertThat(shown("clip_000010")).isBetween(97f, 103f);
  }

  @Test
  void video_cutOff_isPredictedUpToThereAndReturnsOne() throws IOException {
    Path file = video(5);
    byte[] whole = Files.readAllBytes(file);
    int index = new String(whole, ISO_8859_1).indexOf("idx1");
    Files.write(file, Arrays.copyOf(whole, index - 200));
    assertThat(predict("in/clip.avi")).isEqualTo(1);
    assertThat(out.toString()).contains("4 predicted");
    assertThat(err.toString())
        .contains("clip.avi is truncated")
        .contains("1 of 5 pictures could not be read");
    assertThat(predicted()).hasSize(8);
  }

  @Test
  void video_thatNeedsADecoder_isRefusedWithTheCommandThatMakesFrames() throws IOException {
    for (String name : List.of("a b.mp4", "c.mov", "d.mkv", "e.webm")) {
      Files.write(folder.resolve("in").resolve(name), new byte[200]);
      assertThat(predict("in/" + name)).isEqualTo(1);
      assertThat(err.toString())
          .contains(name + " is no AVI")
          .contains("mkdir frames && ffmpeg -i \"" + at("in/" + name) + "\" frames/frame_%06d.png");
      assertThat(folder.resolve("p")).doesNotExist();
    }
  }

  @Test
  void frames_withNumbers_areInTheirOrder() throws IOException {
    for (int i : new int[] {1, 2, 3, 10, 11}) {
      Files.write(folder.resolve("in/frame_" + i + ".png"), new byte[9]);
    }
    assertThat(predict("in")).isEqualTo(1);
    List<String> lines = err.toString().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(1)).contains("frame_2.png is neither");
    assertThat(lines.get(3)).contains("frame_10.png is neither");
  }

  @Test
  void training_onPicturesOfEveryFormat_works() throws IOException {
    Raster label = new Raster(32, 40, 1);
    Arrays.fill(label.values(), 0, 300, 255);
    for (String kind : KINDS) {
      picture("of_" + kind + "." + kind, 90);
      Png.write(folder.resolve("sal/of_" + kind + ".png"), label);
    }
    Path config = Files.writeString(folder.resolve("c.yaml"), CONFIG);
    String data =
        String.format(
            Locale.ROOT,
            "data={kind: folder, root: '%s', images: in, split: {val: 0.34},"
                + " labels: {sal: {encoding: mask}}}",
            folder);
    assertThat(run("data", "check", config.toString(), "--set", data)).as(out.toString()).isZero();
    assertThat(out.toString()).contains("train: 4 images").contains("val: 2 images");
    assertThat(run("train", config.toString(), "--set", data, "--out", at("run")))
        .as(err.toString())
        .isZero();
  }
}
