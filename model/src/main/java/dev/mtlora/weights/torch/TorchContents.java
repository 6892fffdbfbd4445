package dev.mtlora.weights.torch;

import dev.mtlora.weights.FileRange;
import java.util.Map;

/**
 * A file of torch.save, taken apart.
 *
 * @param root what was saved
 * @param storages where the elements of each storage lie, by key
 */
record TorchContents(Object root, Map<String, Stored> storages) {
  /**
   * The elements of a storage.
   *
   * @param entry their bytes
   * @param checked whether a checksum was kept; old files have none
   */
  record Stored(ZipDirectory.Entry entry, boolean checked) {
    FileRange range() {
      return entry.range();
    }
  }
}
