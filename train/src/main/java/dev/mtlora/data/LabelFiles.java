package dev.mtlora.data;

import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Labels in a file for each image.
 *
 * @param listing of the files
 * @param encoding of all of them
 */
record LabelFiles(FolderListing listing, FileEncoding encoding) implements LabelReader {
  @Override
  public Optional<Path> file(String id) {
    return listing.file(id);
  }

  @Override
  public Raster read(String id) {
    return encoding.read(file(id).orElseThrow());
  }

  @Override
  public Optional<String> doubt(String id) {
    return encoding.doubt(file(id).orElseThrow());
  }

  @Override
  public List<String> ids() {
    return listing.ids();
  }

  @Override
  public List<Path> others() {
    return listing.listed().others();
  }
}
