package dev.mtlora.onnx;

import dev.mtlora.onnx.OnnxGraph.Attribute;
import dev.mtlora.tensor.Graph.Side;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole numbers that operators take as vectors: sides and places. Those that grow are computed of
 * the number of pictures.
 *
 * @param onnx the graph that they are put into
 * @param images name of the input whose first side is the number of pictures
 */
record OnnxNumbers(OnnxGraph onnx, String images) {
  /** A shape for Reshape, which finds one side by itself. */
  String shape(List<Side> sides) {
    if (sides.stream().filter(Side::perPicture).count() != 1) {
      return of(sides);
    }
    return onnx.longs(sides.stream().map(s -> s.perPicture() ? -1 : s.number()).toList());
  }

  /** Whole numbers as a vector; those that grow are computed from the number of pictures. */
  String of(List<Side> sides) {
    if (sides.stream().noneMatch(Side::perPicture)) {
      return onnx.longs(fixed(sides));
    }
    List<String> parts = new ArrayList<>();
    List<Long> run = new ArrayList<>();
    for (Side side : sides) {
      if (side.perPicture()) {
        if (!run.isEmpty()) {
          parts.add(onnx.longs(List.copyOf(run)));
          run.clear();
        }
        parts.add(pictures(side.number()));
      } else {
        run.add(side.number());
      }
    }
    if (!run.isEmpty()) {
      parts.add(onnx.longs(run));
    }
    return parts.size() == 1 ? parts.get(0) : onnx.node("Concat", parts, Attribute.of("axis", 0));
  }

  /** A multiple of the number of pictures, as a vector of one. */
  private String pictures(long times) {
    String batch =
        onnx.node("Shape", List.of(images), Attribute.of("start", 0), Attribute.of("end", 1));
    return times == 1 ? batch : onnx.node("Mul", List.of(batch, onnx.longs(List.of(times))));
  }

  static Side plus(Side a, Side b) {
    if (a.perPicture() == b.perPicture() || a.number() == 0) {
      return new Side(a.number() + b.number(), b.perPicture());
    }
    throw new UnsupportedOperationException("a part from " + a + " on, " + b + " long");
  }

  static List<Long> fixed(List<Side> sides) {
    return sides.stream().map(Side::number).toList();
  }
}
