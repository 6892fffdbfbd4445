package dev.mtlora.onnx;

import dev.mtlora.files.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** The files of weights beside an ONNX file: {@code NAME.onnx.HASH.data}. */
final class WeightsBeside {
  private static final int DIGITS = 16;
  private static final String ENDING = ".data";

  private WeightsBeside() {}

  /** That of some weights. */
  static Path name(Path file, List<Initializer> weights) {
    MessageDigest digest = Sha256.digest();
    weights.forEach(weight -> digest.update(weight.content().get()));
    String hash = HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    return file.resolveSibling(file.getFileName() + "." + hash + ENDING);
  }

  /** Those that are there, also of versions that gave them no hash. */
  static List<Path> of(Path file) throws IOException {
    Pattern own =
        Pattern.compile(
            Pattern.quote(String.valueOf(file.getFileName())) + "(\\.[0-9a-f]{16})?\\.data");
    Path folder = file.toAbsolutePath().getParent();
    List<Path> found = new ArrayList<>();
    if (folder != null && Files.isDirectory(folder)) {
      try (DirectoryStream<Path> all =
          Files.newDirectoryStream(
              folder, one -> own.matcher(String.valueOf(one.getFileName())).matches())) {
        all.forEach(one -> found.add(file.resolveSibling(String.valueOf(one.getFileName()))));
      }
    }
    return found;
  }
}
