package dev.mtlora.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of weights as it is named by people: {@code FILE}, or {@code FILE#teacher} where a file
 * holds several models and the one below {@code teacher} is meant. FILE may be an index of shards,
 * or a folder that holds one model.
 *
 * @param path without the choice
 * @param choice what stands before the names of the model that is meant; empty if the file says it,
 *     {@code .} for a model at the top beside others further down
 */
public record WeightsFile(Path path, String choice) {
  /** Stands between the name of a file and what is chosen in it. */
  static final String CHOICE = "#";

  /** The choice of what lies in no container. */
  static final String TOP = ".";

  /** What a name means; a file whose own name has a # is that file. */
  public static WeightsFile of(Path named) {
    Path last = named.getFileName();
    int at = last == null ? -1 : last.toString().lastIndexOf(CHOICE);
    if (at <= 0 || Files.exists(named)) {
      return new WeightsFile(named, "");
    }
    String text = last.toString();
    return new WeightsFile(
        named.resolveSibling(text.substring(0, at)), text.substring(at + CHOICE.length()));
  }

  /** True if there is such a file or folder. */
  public boolean exists() {
    return Files.exists(path);
  }

  /**
   * Opens it.
   *
   * @throws CheckpointException if it is missing, of no format we read, or unsound; if a folder
   *     does not hold one model; or if the file has no model of the name that is chosen
   */
  TensorSource open() {
    TensorSource source = Files.isDirectory(path) ? WeightsFolder.open(path) : openFile(path);
    if (choice.isEmpty()) {
      return source;
    }
    try {
      return chosen(source);
    } catch (CheckpointException e) {
      source.close();
      throw e;
    }
  }

  /** The files with its tensors, one, or several shards. */
  public List<Path> files() {
    Path file = Files.isDirectory(path) ? WeightsFolder.file(path) : path;
    return ShardedSource.isIndex(file) ? ShardedSource.shards(file) : List.of(file);
  }

  /**
   * True if a file is one of those that are read, or lies in the folder that is: writing it would
   * destroy what is named.
   *
   * @throws CheckpointException if this is an index that cannot be read
   */
  public boolean reads(Path other) {
    if (!exists() || !Files.exists(other)) {
      return false;
    }
    try {
      Path real = other.toRealPath();
      if (Files.isDirectory(path)) {
        return real.startsWith(path.toRealPath());
      }
      for (Path file : files()) {
        if (Files.exists(file) && file.toRealPath().equals(real)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new CheckpointException(other, "cannot be compared with " + path + ": " + e, e);
    }
  }

  static TensorSource openFile(Path file) {
    return ShardedSource.isIndex(file) ? ShardedSource.open(file) : FileFormat.of(file).open(file);
  }

  private TensorSource chosen(TensorSource source) {
    List<ModelInFile> models = ModelInFile.in(source);
    MappedSource chosen = new MappedSource(source);
    for (String name : source.entries().keySet()) {
      boolean top =
          choice.equals(TOP)
              && models.stream()
                  .noneMatch(one -> !one.root().isEmpty() && name.startsWith(one.root()));
      if (top || name.startsWith(choice + ".")) {
        chosen.rename(name, name);
      }
    }
    if (chosen.entries().isEmpty()) {
      throw new CheckpointException(
          source.file(),
          choice,
          models.isEmpty()
              ? "is chosen, but there are no tensors under this name"
              : "is chosen, but there are only " + ModelInFile.listed(models));
    }
    return chosen;
  }
}
