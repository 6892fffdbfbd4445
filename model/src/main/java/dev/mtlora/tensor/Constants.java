package dev.mtlora.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What recordings of one model know: copies of all tensors that they met and that do not depend on
 * the input. Equal ones are kept once.
 */
public final class Constants {
  private final IdentityHashMap<Tensor, String> names = new IdentityHashMap<>();
  private final IdentityHashMap<Tensor, Graph.Value> met = new IdentityHashMap<>();
  private final Map<Key, Graph.Constant> kept = new HashMap<>();
  private final List<Graph.Constant> all = new ArrayList<>();
  private int ids;

  private record Key(DType dtype, List<Graph.Side> shape, ByteBuffer bytes) {}

  /** Nothing is known, nothing has a name. */
  public Constants() {
    this(Map.of());
  }

  /**
   * Nothing is known yet.
   *
   * @param names of tensors, for instance of a model's parameters
   */
  public Constants(Map<String, Tensor> names) {
    names.forEach((name, tensor) -> this.names.put(tensor, name));
  }

  /** A new value like a tensor. */
  Graph.Value value(Tensor tensor) {
    return new Graph.Value(
        ids++, tensor.dtype(), Arrays.stream(tensor.shape()).mapToObj(Graph.Side::of).toList());
  }

  /** The constant that a tensor is; copied now, since its scope may be about to free it. */
  Graph.Value of(Tensor tensor) {
    Graph.Value known = met.get(tensor);
    if (known == null) {
      known = copied(tensor);
      met.put(tensor, known);
    }
    return known;
  }

  /** A tensor without what {@link Tensor#expand} has repeated in it; itself if that is nothing. */
  static Tensor once(Tensor tensor) {
    Tensor once = tensor;
    for (int d = 0; d < tensor.rank(); d++) {
      if (tensor.size(d) > 1 && tensor.handle().stride(d) == 0) {
        once = new Tensor(once.handle().narrow(d, 0, 1));
      }
    }
    return once;
  }

  private Graph.Value copied(Tensor tensor) {
    Graph.Value value = value(tensor);
    ByteBuffer bytes = tensor.toBytes();
    Graph.Constant constant =
        kept.computeIfAbsent(
            new Key(value.dtype(), value.shape(), bytes),
            key -> {
              String name = names.getOrDefault(tensor, "constant_" + value.id());
              Graph.Constant made = new Graph.Constant(value, name, bytes);
              all.add(made);
              return made;
            });
    return constant.value();
  }

  /** All that were met so far. */
  List<Graph.Constant> all() {
    return List.copyOf(all);
  }
}
