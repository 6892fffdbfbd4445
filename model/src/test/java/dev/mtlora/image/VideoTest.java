package dev.mtlora.image;

import static dev.mtlora.image.AviMaker.avi;
import static dev.mtlora.image.AviMaker.chunk;
import static dev.mtlora.image.AviMaker.list;
import static dev.mtlora.image.AviMaker.stream;
import static dev.mtlora.image.PictureFiles.encoded;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.mtlora.files.DataException;
import dev.mtlora.testing.FileNames;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_videoio.VideoWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoTest {
  @TempDir Path folder;

  /** A frame in one grey. */
  private static byte[] grey(int level) {
    return encoded(picture(32, 16, BufferedImage.TYPE_BYTE_GRAY, (x, y) -> level), "jpg");
  }

  private Path file(byte[] bytes) {
    return write(folder.resolve("clip.avi"), bytes);
  }

  /** Number and upper left value of every frame. */
  private static List<String> frames(Path file) {
    List<String> frames = new ArrayList<>();
    try (Video video = Video.open(file)) {
      while (video.hasNext()) {
        Video.Frame frame = video.next();
        frames.add(frame.number() + ": " + Math.round(frame.image().at(0, 0, 0) / 10));
      }
      assertThatThrownBy(video::next).isInstanceOf(NoSuchElementException.class);
    }
    return frames;
  }

  private void assertRefused(byte[] avi, String... words) {
    Path file = file(avi);
    assertThatThrownBy(() -> frames(file))
        .isInstanceOf(DataException.class)
        .message()
        .contains("clip.avi")
        .contains(words);
  }

  @Test
  void frames_ofAHandMadeVideo_areNumberedFromOne() {
    Path file = file(avi(32, 16, grey(10), grey(20), new byte[0], grey(40)));
    assertThat(frames(file)).containsExactly("1: 1", "2: 2", "4: 4");
  }

  @Test
  void frames_ofWhatOpenCvWrites_areRead() {
    Path file = folder.resolve("opencv.avi");
    int mjpg = VideoWriter.fourcc((byte) 'M', (byte) 'J', (byte) 'P', (byte) 'G');
    try (Size size = new Size(64, 48);
        VideoWriter writer = new VideoWriter(file.toString(), mjpg, 25, size, true)) {
      assertThat(writer.isOpened()).isTrue();
      for (int i = 1; i <= 12; i++) {
        writer.write(new Mat(48, 64, CV_8UC3, Scalar.all(10 * i)));
      }
      writer.release();
    }
    assertThat(frames(file)).hasSize(12).startsWith("1: 1", "2: 2").endsWith("12: 12");
  }

  @Test
  void frames_inFurtherPartsAndLists_areFound() {
    byte[] first = avi(32, 16, grey(10));
    byte[] more =
        list(
            "RIFF",
            "AVIX",
            list(
                "LIST",
                "movi",
                list("LIST", "rec ", chunk("01dc", grey(20)), chunk("01db", grey(30))),
                chunk("ix01", new byte[24])));
    byte[] junk = new byte[100];
    assertThat(frames(file(joined(first, more, junk)))).containsExactly("1: 1", "2: 2", "3: 3");
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }

  @Test
  void frames_withoutHuffmanTables_areReadWithTheUsualOnes() {
    byte[] jpeg = grey(50);
    ByteArrayOutputStream without = new ByteArrayOutputStream();
    without.write(jpeg, 0, 2);
    int at = 2;
    while (jpeg[at + 1] != (byte) 0xda) {
      int length = 2 + (ByteBuffer.wrap(jpeg).getShort(at + 2) & 0xffff);
      if (jpeg[at + 1] != (byte) 0xc4) {
        without.write(jpeg, at, length);
      }
      at += length;
    }
    without.write(jpeg, at, jpeg.length - at);
    assertThat(without.size()).isLessThan(jpeg.length);
    assertThat(frames(file(avi(32, 16, without.toByteArray())))).containsExactly("1: 5");
  }

  @Test
  void frames_ofARecordingCutOff_areThoseBefore() {
    byte[] whole = avi(32, 16, grey(10), grey(20), grey(30));
    byte[] cut = Arrays.copyOf(whole, whole.length - 300);
    try (Video video = Video.open(file(cut))) {
      assertThat(video.next().number()).isEqualTo(1);
      assertThat(video.next().number()).isEqualTo(2);
      assertThatThrownBy(video::hasNext)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("clip.avi is truncated: it stops after " + cut.length + " bytes");
      assertThat(video.hasNext()).isFalse();
    }
    assertRefused(Arrays.copyOf(whole, whole.length - 40), "and 3 frames");
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 0);
    assertThat(frames(file(whole))).hasSize(3);
  }

  @Test
  void frames_interlacedOrDamaged_areNamedByNumber() {
    assertRefused(avi(32, 32, grey(10)), "frame 1,", "32 x 16", "32 x 32", "interlaced", "ffmpeg");
    byte[] broken = Arrays.copyOf(grey(10), 300);
    assertRefused(avi(32, 16, grey(10), broken), "frame 2, is truncated");
  }

  @Test
  void video_thatIsNotRead_saysHowToMakePictures() {
    byte[] other =
        list(
            "RIFF",
            "AVI ",
            list("LIST", "hdrl", stream("vids", "XVID", 32, 16)),
            list("LIST", "movi", chunk("00dc", new byte[9])));
    assertRefused(
        other, "is video of the kind 'XVID'", "ffmpeg -i \"", "clip.avi\" frames/frame_%06d.png");
    assertRefused(new byte[2000], "is no AVI", "frame_%06d.png, and predict the folder frames");
    assertRefused(list("RIFF", "AVI ", list("LIST", "hdrl")), "truncated", "0 frames");
    assertRefused(
        list("RIFF", "AVI ", chunk("\1\2\3\4", new byte[4])),
        "no chunk of an AVI begins at byte 12");
    byte[] large = avi(32, 16, new byte[(64 << 20) + 1]);
    assertRefused(large, "frame 1 has 67108865 bytes");
    Path none = folder.resolve("none.mp4");
    assertThatThrownBy(() -> Video.open(none)).hasMessageContaining("none.mp4 does not exist");
    assertThatThrownBy(() -> Video.open(folder)).hasMessageContaining("it is a folder");
  }

  @Test
  void is_aVideo_byNameOrContent() {
    for (String name : List.of("a.MP4", "b.avi", FileNames.of("ü.webm"), "c.mkv", "d.mov")) {
      assertThat(Video.is(folder.resolve(name))).as(name).isTrue();
    }
    assertThat(Video.is(write(folder.resolve("clip.bin"), avi(32, 16, grey(1))))).isTrue();
    assertThat(Video.is(PictureFiles.jpg(folder.resolve("a.jpg"), redBlue(8, 8)))).isFalse();
    assertThat(Video.is(write(folder.resolve("short"), new byte[5]))).isFalse();
    assertThat(Video.is(folder.resolve("none.png"))).isFalse();
    assertThat(Video.is(folder)).isFalse();
  }

  @Test
  void frames_ofAnyDamagedFile_areReadOrRefused() {
    byte[] whole = avi(32, 16, grey(10), grey(20), new byte[0], grey(40));
    int refused = 0;
    for (int round = 0; round < 500; round++) {
      SplittableRandom random = new SplittableRandom(round);
      byte[] file =
          random.nextBoolean() ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int i = random.nextInt(4); i > 0 && file.length > 0; i--) {
        int end = random.nextBoolean() ? Math.min(400, file.length) : file.length;
        file[random.nextInt(end)] = (byte) random.nextInt(256);
      }
      try (Video video = Video.open(file(file))) {
        while (video.hasNext()) {
          assertThat(video.next().jpeg().length).isLessThan(file.length);
        }
      } catch (DataException e) {
        assertThat(e).as("round %d", round).hasMessageContaining("clip.avi");
        assertThat(e).as("round %d", round).hasMessageContaining("clip.avi");
        refused++;
      }
    }
    assertThat(refused).isBetween(250, 490);
  }
}
