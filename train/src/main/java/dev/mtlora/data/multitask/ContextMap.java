package dev.mtlora.data.multitask;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import us.hebi.matlab.mat.types.Matrix;

/**
 * What PASCAL-Context's maps of 459 classes (0: unlabelled) are read for: the edges between
 * regions, and where surface normals can be trusted.
 */
final class ContextMap {
  private static final int CLASSES = 459;

  /** The classes whose normals are kept: rigid things and surfaces. */
  private static final int[] WITH_NORMALS = {
    3, 4, 6, 9, 10, 11, 13, 15, 17, 18, 22, 23, 29, 30, 33, 34, 36, 37, 38, 39, 41, 43, 46, 49, 50,
    51, 53, 55, 56, 59, 61, 62, 65, 66, 68, 69, 72, 73, 78, 83, 84, 85, 87, 88, 95, 96, 101, 104,
    105, 107, 111, 113, 115, 122, 124, 135, 141, 142, 143, 146, 150, 154, 157, 158, 159, 165, 172,
    174, 181, 183, 184, 191, 193, 195, 197, 199, 202, 213, 215, 216, 219, 220, 223, 225, 228, 230,
    232, 233, 238, 239, 242, 243, 246, 250, 251, 252, 255, 260, 261, 263, 269, 272, 273, 275, 281,
    283, 284, 285, 286, 287, 288, 290, 291, 292, 293, 295, 304, 307, 309, 310, 314, 315, 319, 323,
    329, 330, 331, 336, 342, 345, 349, 350, 351, 352, 355, 357, 368, 370, 371, 374, 379, 380, 383,
    384, 397, 401, 403, 405, 407, 408, 411, 412, 413, 414, 417, 419, 421, 423, 427, 429, 430, 432,
    440, 441, 442, 443, 444, 446, 454, 457
  };

  private ContextMap() {}

  /**
   * 1 on the edges between regions, thinned to one pixel, else 0. A pixel is an edge before
   * thinning if its class number is not the mean of its four neighbours' (the Laplacian); the map
   * is mirrored at its border without repeating it.
   *
   * @throws DataException if the file is missing, damaged or has a class out of range
   */
  static Raster edges(Path file) {
    Raster map = read(file);
    int height = map.height();
    int width = map.width();
    boolean[] edges = new boolean[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        edges[y * width + x] = laplacian(map, y, x) != 0;
      }
    }
    return mask(map, Thinning.of(edges, height, width));
  }

  private static float laplacian(Raster map, int y, int x) {
    int up = mirrored(y - 1, map.height());
    int down = mirrored(y + 1, map.height());
    int left = mirrored(x - 1, map.width());
    int right = mirrored(x + 1, map.width());
    return map.at(up, x, 0)
        + map.at(down, x, 0)
        + map.at(y, left, 0)
        + map.at(y, right, 0)
        - 4 * map.at(y, x, 0);
  }

  /** Row or column -1 is 1, and the one after the last is the last but one. */
  private static int mirrored(int at, int size) {
    int inside = at < 0 ? -at : at < size ? at : 2 * size - 2 - at;
    return size == 1 ? 0 : inside;
  }

  /**
   * 1 where the normals are valid, else 0.
   *
   * @throws DataException as {@link #edges} does
   */
  static Raster normalsMask(Path file) {
    Raster map = read(file);
    boolean[] valid = new boolean[CLASSES + 1];
    IntStream.of(WITH_NORMALS).forEach(id -> valid[id] = true);
    boolean[] mask = new boolean[map.values().length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = valid[(int) map.values()[i]];
    }
    return mask(map, mask);
  }

  private static Raster mask(Raster like, boolean[] mask) {
    Raster out = new Raster(like.height(), like.width(), 1);
    for (int i = 0; i < mask.length; i++) {
      out.values()[i] = mask[i] ? 1 : 0;
    }
    return out;
  }

  private static Raster read(Path file) {
    Raster map = MatFile.read(file, "LabelMap", array -> MatFile.raster((Matrix) array));
    for (float value : map.values()) {
      if (!(value >= 0 && value <= CLASSES) || value != (int) value) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s holds the class %s, but PASCAL-Context has 0..%d; copy or download the file again",
                file,
                value,
                CLASSES));
      }
    }
    return map;
  }
}
