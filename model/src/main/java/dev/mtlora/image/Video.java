package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a video: of Motion JPEG in an AVI file, where every frame is a picture of its own.
 * Other videos need a program that decodes them, and are refused with the command that does.
 *
 * <p>The file is read once, from front to back, one frame in memory at a time. An AVI is a tree of
 * chunks, each with a name and a length, and lists of them. The branches that hold frames are
 * stepped into and everything else is stepped over, so that an index is not needed, and a recording
 * that was cut off gives its frames up to there. Frames are numbered from 1; one without bytes
 * repeats the one before: its number is left out.
 */
public final class Video implements Iterator<Video.Frame>, AutoCloseable {
  private static final Set<String> KINDS =
      Set.of("avi", "mp4", "m4v", "mov", "mkv", "webm", "wmv", "flv", "mpg", "mpeg", "3gp", "ts");
  private static final int MOST_BYTES = 64 << 20;
  private static final int CHUNK = 8;
  private static final int LIST = 12;
  private static final int FORMAT = 20;

  private final Path file;
  private final RiffFile riff;
  private long at;
  private long claimed;
  private int streams;
  private String stream = "";
  private int width;
  private int height;
  private int frames;
  private boolean ended;
  private @Nullable Frame next;

  /**
   * One of its pictures.
   *
   * @param number from 1
   * @param video what messages call the file
   * @param jpeg the file of the picture
   * @param width that the video states
   * @param height that the video states
   */
  public record Frame(int number, String video, byte[] jpeg, int width, int height) {
    /**
     * Decodes it.
     *
     * @throws DataException if it is damaged, or not as large as the video says
     */
    public Raster image() {
      String name = String.format(Locale.ROOT, "%s, frame %d,", video, number);
      Raster image = Images.decode(jpeg, name);
      if (image.width() != width || image.height() != height) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has %d x %d pixels where the video has %d x %d; if it is interlaced, make whole"
                    + " pictures of it: %s",
                name,
                image.width(),
                image.height(),
                width,
                height,
                command(video)));
      }
      return image;
    }
  }

  private Video(Path file, RiffFile riff) {
    this.file = file;
    this.riff = riff;
  }

  /** Whether a file is a video, by the end of its name, or by its first bytes that of an AVI. */
  public static boolean is(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (KINDS.contains(name.substring(name.lastIndexOf('.') + 1))) {
      return true;
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      return false; // whoever reads it says why not
    }
    try (RiffFile riff = RiffFile.open(file)) {
      return isAvi(riff);
    }
  }

  /**
   * Opens a video and reads what it says about its frames.
   *
   * @throws DataException if the file is missing or damaged, or no Motion JPEG in an AVI
   */
  public static Video open(Path file) {
    RiffFile riff = RiffFile.open(file);
    try {
      Video video = new Video(file, riff);
      video.start();
      return video;
    } catch (DataException e) {
      riff.close();
      throw e;
    }
  }

  private static String command(String video) {
    return String.format(
        Locale.ROOT,
        "mkdir frames && ffmpeg -i \"%s\" frames/frame_%%06d.png, and predict the folder frames",
        video);
  }

  private static boolean isAvi(RiffFile riff) {
    return riff.length() >= LIST && riff.name(0).equals("RIFF") && riff.name(CHUNK).equals("AVI ");
  }

  private void start() {
    if (!isAvi(riff)) {
      throw refused("is no AVI, the only kind of video that is read (Motion JPEG in it)");
    }
    next = following();
  }

  private DataException refused(String what) {
    return new DataException(
        String.format(
            Locale.ROOT, "%s %s; make pictures of it: %s", file, what, command(file.toString())));
  }

  /**
   * Whether there is another frame.
   *
   * @throws DataException if the file is damaged from here on; then there is none
   */
  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      ended = true; // unless a frame is found
      next = following();
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public Frame next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException(file + " has no more frames");
    }
    Frame frame = next;
    next = null;
    return frame;
  }

  /** The next frame that has bytes; none at the end. */
  private @Nullable Frame following() {
    while (at + CHUNK <= riff.length()) {
      String name = riff.name(at);
      if (at >= claimed && !name.equals("RIFF")) {
        break; // what lies behind the end is not ours
      }
      long size = riff.number(at + 4);
      if (name.equals("RIFF")) {
        claimed =
            size == 0 ? riff.length() : at + CHUNK + size; // a recorder that broke off wrote 0
      }
      if (stepsInto(name)) {
        at += LIST;
        continue;
      }
      Frame frame = visited(name, size);
      at += CHUNK + size + size % 2;
      if (frame != null) {
        return frame;
      }
    }
    if (claimed > riff.length() || frames == 0) {
      throw truncated();
    }
    return null;
  }

  private boolean stepsInto(String name) {
    return name.equals("RIFF")
        || name.equals("LIST")
            && at + LIST <= riff.length()
            && Set.of("hdrl", "strl", "movi", "rec ").contains(riff.name(at + CHUNK));
  }

  private @Nullable Frame visited(String name, long size) {
    if (name.chars().anyMatch(letter -> letter < ' ' || letter > '~')) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged: no chunk of an AVI begins at byte %d; %s",
              file,
              at,
              PictureBytes.AGAIN));
    }
    if (at + CHUNK + size > riff.length()) {
      throw truncated();
    }
    if (name.equals("strh")) {
      header(size);
    } else if (name.equals("strf") && !stream.isEmpty() && width == 0) {
      format(size);
    } else if (!stream.isEmpty() && (name.equals(stream + "dc") || name.equals(stream + "db"))) {
      return frame(size);
    }
    return null;
  }

  /** The first stream of pictures counts; its number begins the names of its chunks. */
  private void header(long size) {
    if (size >= 4 && stream.isEmpty() && riff.name(at + CHUNK).equals("vids")) {
      stream = String.format(Locale.ROOT, "%02d", streams);
    }
    streams++;
  }

  private void format(long size) {
    if (size < FORMAT) {
      throw truncated();
    }
    String codec = riff.name(at + CHUNK + 16);
    if (!codec.equalsIgnoreCase("MJPG")) {
      throw refused(
          String.format(Locale.ROOT, "is video of the kind '%s', and only MJPG is read", codec));
    }
    width = (int) riff.number(at + CHUNK + 4);
    height = Math.abs((int) riff.number(at + CHUNK + 8));
  }

  private @Nullable Frame frame(long size) {
    frames++;
    if (size == 0) {
      return null;
    }
    if (size > MOST_BYTES || width == 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged: its frame %d has %d bytes (at most %d are read) and the video %d x %d"
                  + " pixels; %s",
              file,
              frames,
              size,
              MOST_BYTES,
              width,
              height,
              PictureBytes.AGAIN));
    }
    byte[] jpeg = riff.bytes(at + CHUNK, (int) size);
    return new Frame(frames, file.toString(), jpeg, width, height);
  }

  private DataException truncated() {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s is truncated: it stops after %d bytes and %d frames; %s",
            file,
            riff.length(),
            frames,
            PictureBytes.AGAIN));
  }

  @Override
  public void close() {
    riff.close();
  }
}
