package dev.mtlora.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named tensors of a file that are described at once and read one at a time, whatever the format.
 */
public interface TensorSource extends AutoCloseable {
  /**
   * Opens a file of any format we read, told by its first bytes and not by its name; or what else
   * {@link WeightsFile} says that a name may mean. The caller closes it; until then all values come
   * from the file that was opened, whatever becomes of its name.
   *
   * @throws CheckpointException if the file is missing, of no format we read, or unsound
   */
  static TensorSource open(Path file) {
    return WeightsFile.of(file).open();
  }

  /** The file. */
  Path file();

  /** Name of its format. */
  String format();

  /** All tensors by name, in the order of the file. */
  Map<String, SafeTensors.Entry> entries();

  /**
   * The values of a tensor below 2 GB, row-major and little-endian, as a buffer of its own.
   *
   * @throws CheckpointException if there is no such tensor or it cannot be read
   */
  ByteBuffer bytes(String name);

  /** All tensors, to be written elsewhere; each is read when its turn comes. */
  default Map<String, SafeTensors.Source> sources() {
    Map<String, SafeTensors.Source> sources = new LinkedHashMap<>();
    entries()
        .forEach(
            (name, entry) -> sources.put(name, new SafeTensors.Source(entry, () -> bytes(name))));
    return sources;
  }

  /** Closes the file; of a view of another source, that one. */
  @Override
  void close();

  /** Names under which NumPy arrays lie, which are not read. */
  default List<String> arrays() {
    return List.of();
  }

  /** What the file holds beside tensors, by name: {@code epoch}, {@code config}. */
  default List<String> withoutTensors() {
    return List.of();
  }
}
