package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the tensors in what was saved: dictionaries and lists inside each other. A tensor's name is
 * the path to it with dots: {@code model.head.weight}, {@code optimizer.state.0.exp_avg}.
 */
final class TorchTree {
  private static final int MAX_DEPTH = 64;

  private final Path file;
  private final Allowance allowance;
  private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
  private final List<String> withoutTensors = new ArrayList<>();
  private final List<String> arrays = new ArrayList<>();
  private final Deque<String> path = new ArrayDeque<>();

  TorchTree(Path file, Allowance allowance, Object root) {
    this.file = file;
    this.allowance = allowance;
    visit(root);
    if (tensors.isEmpty()
        && arrays.isEmpty()
        && root instanceof PickleDict dict
        && !TorchPickle.isDict(dict)) {
      throw new CheckpointException(
          file,
          "holds no named tensors but "
              + PickleStack.describe(root)
              + "; save only its tensors: torch.save(model.state_dict(), ...)");
    }
  }

  /** All tensors, by path. */
  Map<String, TorchTensor> tensors() {
    return tensors;
  }

  /** Keys at the top under which there is no tensor. */
  List<String> withoutTensors() {
    return withoutTensors;
  }

  /** Paths of NumPy arrays. */
  List<String> arrays() {
    return arrays;
  }

  private void visit(Object value) {
    allowance.charge(Allowance.SLOT);
    if (value instanceof TorchTensor tensor) {
      add(tensor);
    } else if (value instanceof PickleDict dict && TorchPickle.isArray(dict)) {
      allowance.chargeText(path.stream().mapToLong(key -> key.length() + 1L).sum());
      arrays.add(String.join(".", path));
    } else if (value instanceof PickleDict dict) {
      visitItems(items(dict));
    } else if (value instanceof List<?> list) {
      Map<Object, Object> items = new LinkedHashMap<>();
      allowance.charge(2 * Allowance.OBJECT * list.size());
      for (Object item : list) {
        items.put((long) items.size(), item);
      }
      visitItems(items);
    }
  }

  private void visitItems(Map<Object, Object> items) {
    items.forEach(
        (key, value) -> {
          int before = tensors.size();
          path.addLast(key.toString());
          if (path.size() > MAX_DEPTH) {
            throw new CheckpointException(
                file,
                String.format(
                    Locale.ROOT, "nests containers more than %d deep, or in a circle", MAX_DEPTH));
          }
          visit(value);
          path.removeLast();
          if (path.isEmpty() && tensors.size() == before) {
            withoutTensors.add(key.toString());
          }
        });
  }

  /** By key, the later of two equal ones; only texts and whole numbers name something. */
  private Map<Object, Object> items(PickleDict dict) {
    allowance.charge(2 * Allowance.OBJECT * dict.size());
    Map<Object, Object> items = new LinkedHashMap<>();
    for (int i = 0; i < dict.size(); i++) {
      if (dict.key(i) instanceof String || dict.key(i) instanceof Long) {
        items.put(dict.key(i), dict.value(i));
      }
    }
    return items;
  }

  private void add(TorchTensor tensor) {
    allowance.chargeText(path.stream().mapToLong(key -> key.length() + 1L).sum());
    String name = String.join(".", path);
    if (tensors.put(name, tensor) != null) {
      throw new CheckpointException(file, name, "is there twice");
    }
  }
}
