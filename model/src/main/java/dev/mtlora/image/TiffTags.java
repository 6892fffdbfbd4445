package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers in the first directory of a TIFF, by tag. They stay in the file until they are asked
 * for, so that no count that a damaged file states takes memory.
 */
final class TiffTags {
  private static final List<String> BEGINNINGS = List.of("II*\0", "MM\0*", "II+\0", "MM\0+");
  private static final int BIG = 43;
  private static final int ENTRY = 12;

  private final PictureBytes file;
  private final Map<Integer, Long> entries = new HashMap<>();

  private TiffTags(PictureBytes file) {
    this.file = file;
  }

  /** Whether a file begins as a TIFF does. */
  static boolean begin(PictureBytes file) {
    return BEGINNINGS.stream().anyMatch(letters -> file.says(0, letters));
  }

  /**
   * Finds the tags.
   *
   * @throws DataException if the directory does not lie inside the file, or it is no TIFF
   */
  static TiffTags read(PictureBytes bytes) {
    if (!begin(bytes)) {
      throw bytes.damaged("a TIFF begins with II or MM and 42");
    }
    PictureBytes file = bytes.says(0, "II") ? bytes.littleEndian() : bytes;
    if (file.u16(2) == BIG) {
      throw file.unread(
          "is a BigTIFF, the form for files above 4 GB, which is not read; write it as a TIFF:"
              + " gdal_translate -co BIGTIFF=NO IN.tif OUT.tif");
    }
    TiffTags tags = new TiffTags(file);
    long directory = file.u32(4);
    int count = file.u16(directory);
    file.need(directory + 2, (long) ENTRY * count);
    for (int i = 0; i < count; i++) {
      long entry = directory + 2 + (long) ENTRY * i;
      tags.entries.putIfAbsent(file.u16(entry), entry);
    }
    return tags;
  }

  /** The file in which they are, read in its order of bytes. */
  PictureBytes file() {
    return file;
  }

  /** How many numbers a tag has; 0 if there is none. */
  long count(int tag) {
    Long entry = entries.get(tag);
    return entry == null ? 0 : file.u32(entry + 4);
  }

  /** The first number of a tag, or another if there is none. */
  long first(int tag, long otherwise) {
    return count(tag) == 0 ? otherwise : number(tag, 0);
  }

  /**
   * A number of a tag.
   *
   * @throws DataException if there is none, or it is no whole number
   */
  long number(int tag, long index) {
    Long entry = entries.get(tag);
    long count = count(tag);
    if (entry == null || index >= count) {
      throw file.damaged("its TIFF tag %d has %d numbers, too few", tag, count);
    }
    int type = file.u16(entry + 2);
    int size =
        switch (type) {
          case 1 -> 1;
          case 3 -> 2;
          case 4 -> 4;
          default -> throw file.damaged("its TIFF tag %d has numbers of type %d", tag, type);
        };
    long at = (size * count <= 4 ? entry + 8 : file.u32(entry + 8)) + size * index;
    return size == 1 ? file.u8(at) : size == 2 ? file.u16(at) : file.u32(at);
  }
}
