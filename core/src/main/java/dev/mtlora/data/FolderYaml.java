package dev.mtlora.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.files.DataException;
import dev.mtlora.task.NormalsY;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@link FolderSettings} from YAML; the form is described there. */
public final class FolderYaml {
  private static final List<String> ENCODINGS = List.of("index", "depth_mm", "normals_rgb", "mask");

  private FolderYaml() {}

  /**
   * The dataset that a file describes: either the block {@code data:} or its content alone.
   *
   * @throws DataException if the file is missing or wrong; names the file and the key
   */
  public static FolderSettings read(Path file) {
    try {
      JsonNode tree = YamlText.read(Files.readString(file));
      JsonNode data = tree.has("data") ? tree.get("data") : tree;
      Path folder = file.toAbsolutePath().getParent();
      return parse(new YamlBlock(data, "data"), folder == null ? file.toAbsolutePath() : folder);
    } catch (IOException e) {
      throw new DataException(file + " could not be read (" + e + ")", e);
    } catch (IllegalArgumentException e) {
      throw new DataException(String.format(Locale.ROOT, "%s: %s", file, e.getMessage()), e);
    }
  }

  /**
   * The dataset that a parsed block describes.
   *
   * @param block the content of {@code data:}
   * @param base what a relative root is relative to
   * @throws IllegalArgumentException if a key is unknown, missing or wrong; names it
   */
  public static FolderSettings parse(YamlBlock block, Path base) {
    block.allow("kind", "root", "images", "train", "val", "split", "labels");
    if (!block.text("kind", "folder").equals("folder")) {
      throw block.unknown("kind", block.text("kind"), List.of("folder"));
    }
    Path root = base.resolve(block.text("root", "")).normalize();
    return new FolderSettings(
        root, block.text("images", "images"), labels(block.block("labels"), root), split(block));
  }

  private static FolderSplit split(YamlBlock block) {
    if (!block.has("split")) {
      return new FolderSplit.Lists(block.text("train"), block.text("val"));
    }
    if (block.has("train") || block.has("val")) {
      throw new IllegalArgumentException(
          block.path() + " has both lists (train, val) and a random split; keep one of the two");
    }
    YamlBlock split = block.block("split").allow("val", "seed");
    return new FolderSplit.Fraction(split.number("val"), split.whole("seed", 0));
  }

  private static Map<String, LabelFolder> labels(YamlBlock block, Path root) {
    Map<String, LabelFolder> labels = new LinkedHashMap<>();
    block
        .node()
        .fieldNames()
        .forEachRemaining(
            task -> {
              YamlBlock label = block.block(task);
              Encoding encoding = encoding(label, root);
              labels.put(task, new LabelFolder(label.text("folder", task), encoding));
            });
    return labels;
  }

  private static Encoding encoding(YamlBlock label, Path root) {
    String name = label.text("encoding");
    return switch (name) {
      case "index" -> IndexYaml.read(label, root);
      case "depth_mm" -> plain(label, new Encoding.DepthMm());
      case "normals_rgb" -> new Encoding.NormalsRgb(y(label.allow("folder", "encoding", "y")));
      case "mask" -> plain(label, new Encoding.Mask());
      default -> throw label.unknown("encoding", name, ENCODINGS);
    };
  }

  private static Encoding plain(YamlBlock label, Encoding encoding) {
    label.allow("folder", "encoding");
    return encoding;
  }

  private static NormalsY y(YamlBlock label) {
    String y = label.text("y");
    return switch (y) {
      case "up" -> NormalsY.UP;
      case "down" -> NormalsY.DOWN;
      default -> throw label.unknown("direction y:", y, List.of("up", "down"));
    };
  }

  static String nameOf(Encoding encoding) {
    if (encoding instanceof Encoding.Index) {
      return "index";
    }
    if (encoding instanceof Encoding.DepthMm) {
      return "depth_mm";
    }
    return encoding instanceof Encoding.NormalsRgb ? "normals_rgb" : "mask";
  }
}
