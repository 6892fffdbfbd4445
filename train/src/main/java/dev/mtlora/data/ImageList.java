package dev.mtlora.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text files that name the images of a split, one id a line. */
public final class ImageList {
  private static final long LARGEST = 64 << 20;

  private ImageList() {}

  /**
   * The ids in a list, in its order. Blank lines and a byte order mark are skipped.
   *
   * @param images where every id must have a file
   * @param otherwise what can be done instead of writing a list, as the end of a sentence
   * @throws DataException if the list is missing or empty, or names an image that is not there
   */
  public static List<String> read(Path list, FolderListing images, String otherwise) {
    List<String> ids = new ArrayList<>();
    List<String> lines = lines(list, otherwise);
    for (int i = 0; i < lines.size(); i++) {
      String id = FolderListing.composed(lines.get(i).replace("\ufeff", "").strip());
      if (!id.isEmpty() && images.file(id).isEmpty()) {
        throw new DataException(
            String.format(
                    Locale.ROOT,
                    "%s, line %d: there is no image '%s' in %s; correct the line (a name has no extension)",
                    list,
                    i + 1,
                    id,
                    images.folder())
                + " or add the image");
      }
      if (!id.isEmpty()) {
        ids.add(id);
      }
    }
    if (ids.isEmpty()) {
      throw new DataException(list + " names no image; write one image name a line");
    }
    return List.copyOf(ids);
  }

  private static List<String> lines(Path list, String otherwise) {
    try {
      byte[] bytes = SmallFile.bytes(list, LARGEST, "a list of images");
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().lines().toList();
    } catch (CharacterCodingException e) {
      throw unreadable(list, "it is not in UTF-8", otherwise, e);
    } catch (DataException e) {
      throw unreadable(list, String.valueOf(e.getMessage()), otherwise, e);
    }
  }

  private static DataException unreadable(
      Path list, String why, String otherwise, Exception cause) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "the list of images %s could not be read (%s); write one image name a line, in UTF-8, or %s",
            list,
            why,
            otherwise),
        cause);
  }
}
