package dev.mtlora.weights;

import dev.mtlora.weights.torch.TorchFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The formats that we read, each known by its first bytes. */
public enum FileFormat {
  /** 8 bytes with a length, then a JSON object. */
  SAFETENSORS {
    @Override
    public TensorSource open(Path file) {
      return SafeTensors.open(file);
    }
  },
  /** What {@code torch.save} writes, as a zip archive or as a row of pickles. */
  TORCH {
    @Override
    public TensorSource open(Path file) {
      return TorchFile.open(file);
    }
  };

  /** What to do with arrays. */
  public static final String ARRAYS =
      ", not of tensors; save it once in Python: torch.save({k: torch.as_tensor(v) for k, v in"
          + " numpy.load(FILE).items()}, ...)";

  private static final String CONVERT =
      "convert it in Python, for instance with safetensors.torch.save_file";
  private static final String TEXT =
      ": it is text, perhaps a configuration or a description; name the file of weights beside it";
  private static final int HEAD = 512;

  /** Opens a file of this format. */
  public abstract TensorSource open(Path file);

  /**
   * The format of a file.
   *
   * @throws CheckpointException if it is missing or of another format
   */
  public static FileFormat of(Path file) {
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
    throw new CheckpointException(file, what(head));
  }

  private static byte[] head(Path file) {
    return OpenFile.open(
        file,
        opened -> {
          try (opened) {
            FileChannel channel = opened.channel();
            ByteBuffer head = ByteBuffer.allocate((int) Math.min(HEAD, channel.size()));
            OpenFile.fill(channel, head, 0);
            return head.array();
          }
        });
  }

  private static String what(byte[] head) {
    String neither = "is neither safetensors nor a file of torch.save";
    if (head.length <= Long.BYTES) {
      return String.format(
          Locale.ROOT, "%s: it has only %d bytes; is it truncated?", neither, head.length);
    }
    if (startsWith(head, 0, "version https://git-lfs")) {
      return neither + ": it is a pointer of Git LFS; fetch the file itself with 'git lfs pull'";
    }
    if (startsWith(head, 257, "ustar")) {
      return neither
          + ": it is a tar archive, as torch wrote before 0.1.10 (or as sources are packed);"
          + " unpack it, or load and save it once in Python";
    }
    if (startsWith(head, 0, "\u0093NUMPY")) {
      return "is one NumPy array (.npy), without the names of a model; weights are files of"
          + " safetensors or torch.save with all its tensors";
    }
    if (startsWith(head, 0, "\u0089HDF")) {
      return neither + ": it is HDF5, as Keras writes; " + CONVERT;
    }
    if (startsWith(head, 0, "<")) {
      return neither + ": it looks like a web page; download the file itself";
    }
    return neither + (isText(head) ? TEXT : "; " + CONVERT);
  }

  private static boolean isText(byte[] head) {
    for (byte one : head) {
      if (one >= 0 && one < ' ' && one != '\n' && one != '\r' && one != '\t') {
        return false;
      }
    }
    return true;
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
