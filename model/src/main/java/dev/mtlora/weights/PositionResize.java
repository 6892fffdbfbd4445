package dev.mtlora.weights;

import dev.mtlora.spec.TableResize;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;

/**
 * Fits what is learned per position to another window or image, as the Swin authors do: tables of
 * relative positions {@code [(2M-1)^2, heads]} and absolute position embeddings {@code [1, N, C]}
 * are squares of values per head or channel, resized bicubically (A = -0.75, corners not aligned).
 * Tables can be resized as timm does instead, see {@link TableResize}.
 */
final class PositionResize {
  private PositionResize() {}

  /** True if a tensor of this name can take a value of this shape, resized. */
  static boolean fits(String name, long[] from, long[] to) {
    int positions = positions(name);
    if (positions < 0 || from.length != to.length || from.length != positions + 2) {
      return false;
    }
    long[] same = from.clone();
    same[positions] = to[positions];
    return Arrays.equals(same, to) && side(from[positions]) > 0 && side(to[positions]) > 0;
  }

  /** A value resized to a shape that {@link #fits}; as it is if it has that already. */
  static Tensor apply(String name, Tensor value, long[] to, TableResize tables) {
    int positions = positions(name);
    long from = side(value.size(positions));
    long side = side(to[positions]);
    if (from == side) {
      return value;
    }
    if (tables == TableResize.TIMM && positions == 0) {
      return new GeometricGrid((int) from, (int) side).resize(value.to(DType.F32));
    }
    Tensor squares =
        value.to(DType.F32).reshape(1, from, from, -1).permute(0, 3, 1, 2); // 1, C, S, S
    return Functional.resizeBicubic(squares, side, side).permute(0, 2, 3, 1).reshape(to);
  }

  /** Which side counts positions; -1 if none does. */
  private static int positions(String name) {
    if (name.endsWith("relative_position_bias_table")) {
      return 0;
    }
    return name.endsWith("absolute_pos_embed") ? 1 : -1;
  }

  /** The side of a square; 0 if it is none. */
  private static long side(long area) {
    long side = Math.round(Math.sqrt(area));
    return side * side == area ? side : 0;
  }
}
