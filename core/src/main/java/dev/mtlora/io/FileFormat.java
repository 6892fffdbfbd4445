package dev.mtlora.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The formats that we read, each known by its first bytes. */
enum FileFormat {
  /** 8 bytes with a length, then a JSON object. */
  SAFETENSORS {
    @Override
    TensorSource open(Path file) {
      return SafeTensors.open(file);
    }
  },
  /** What {@code torch.save} writes, as a zip archive or as a row of pickles. */
  TORCH {
    @Override
    TensorSource open(Path file) {
      return TorchFile.open(file);
    }
  };

  private static final int HEAD = 512;

  abstract TensorSource open(Path file);

  /**
   * The format of a file.
   *
   * @throws CheckpointException if it is missing or of another format
   */
  static FileFormat of(Path file) {
    byte[] head = head(file);
    if (text(head).startsWith("{")) {
      return SAFETENSORS; // asked first: the length before it may look like the start of the others
    }
    if (startsWith(head, 0, "PK") || head.length > 0 && head[0] == (byte) 0x80) {
      return TORCH;
    }
    if (head.length == HEAD && text(head).isEmpty()) {
      return SAFETENSORS; // a header may begin with any amount of white space
    }
    throw new CheckpointException(
        file, "is neither safetensors nor a file of torch.save" + what(head));
  }

  private static byte[] head(Path file) {
    if (Files.isDirectory(file)) {
      throw new CheckpointException(file, "is a folder; name the file of weights inside it");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer head = ByteBuffer.allocate((int) Math.min(HEAD, channel.size()));
      OpenFile.fill(channel, head, 0);
      return head.array();
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file, "does not exist; check the name and the folder", e);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
  }

  private static String what(byte[] head) {
    if (head.length <= Long.BYTES) {
      return String.format(Locale.ROOT, ": it has only %d bytes; is it truncated?", head.length);
    }
    if (startsWith(head, 0, "version https://git-lfs")) {
      return ": it is a pointer of Git LFS; fetch the file itself with 'git lfs pull'";
    }
    if (startsWith(head, 257, "ustar")) {
      return ": it is a tar archive, as torch wrote before 0.1.10 (or as sources are packed);"
          + " unpack it, or load and save it once in Python";
    }
    return startsWith(head, 0, "<")
        ? ": it looks like a web page; download the file itself"
        : "; convert it in Python, for instance with safetensors.torch.save_file";
  }

  /** What a safetensors file would have as its header, from where the white space ends. */
  private static String text(byte[] head) {
    int begin = Math.min(Long.BYTES, head.length);
    return new String(head, begin, head.length - begin, StandardCharsets.ISO_8859_1).stripLeading();
  }

  private static boolean startsWith(byte[] head, int at, String text) {
    return new String(head, StandardCharsets.ISO_8859_1).startsWith(text, at);
  }
}
