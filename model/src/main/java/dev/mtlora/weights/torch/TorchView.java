package dev.mtlora.weights.torch;

import dev.mtlora.tensor.DType;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.SafeTensorsHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A checked view: every element it reaches lies in its storage.
 *
 * @param key of the storage
 * @param entry type and shape
 * @param first index in the storage of the first element
 * @param strides elements from one index to the next, per side
 */
record TorchView(String key, SafeTensors.Entry entry, long first, long[] strides) {
  private static final int MAX_RANK = 64;

  /**
   * Checks what a file says.
   *
   * @throws IllegalArgumentException says what is wrong, to be continued from the tensor's name
   */
  static TorchView of(TorchTensor tensor) {
    TorchStorage storage = tensor.storage();
    DType dtype =
        storage
            .type()
            .dtype()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        String.format(
                            Locale.ROOT,
                            "holds %s values, which are not supported; convert it in Python",
                            storage.type().tensorType())));
    long[] shape = numbers(tensor.shape());
    long[] strides = numbers(tensor.strides());
    if (shape.length != strides.length || shape.length > MAX_RANK || tensor.offset() < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "has %d sides, %d strides and the offset %d",
              shape.length,
              strides.length,
              tensor.offset()));
    }
    SafeTensors.Entry entry = new SafeTensors.Entry(dtype, shape);
    TorchView view =
        new TorchView(
            storage.key(), entry, Math.addExact(storage.first(), tensor.offset()), strides);
    long reach = view.elements() == 0 ? 0 : Math.addExact(tensor.offset(), view.extent());
    if (reach > storage.elements()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "is %s and reaches element %d of a storage of %d",
              entry,
              reach,
              storage.elements()));
    }
    return view;
  }

  private static long[] numbers(List<?> items) {
    return items.stream()
        .mapToLong(
            item -> {
              if (item instanceof Long number && number >= 0) {
                return number;
              }
              throw new IllegalArgumentException(
                  "has " + PickleStack.describe(item) + " as a side or stride");
            })
        .toArray();
  }

  long elements() {
    return SafeTensorsHeader.elements(entry.shape());
  }

  /** Bytes of its values, one after the other. */
  long bytes() {
    return Math.multiplyExact(elements(), entry.dtype().bytes());
  }

  /** Elements of the storage from its first to its last one. */
  long extent() {
    long[] shape = entry.shape();
    long extent = 1;
    for (int i = 0; i < shape.length; i++) {
      extent = Math.addExact(extent, Math.multiplyExact(shape[i] - 1, strides[i]));
    }
    return extent;
  }

  /** True if its values lie one after the other, row-major. */
  boolean isContiguous() {
    long[] shape = entry.shape();
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }

  /** The sides, largest stride first: visited like this, no storage is read backwards. */
  List<Integer> sidesByStride() {
    List<Integer> sides = new ArrayList<>(IntStream.range(0, strides.length).boxed().toList());
    sides.sort(Comparator.comparingLong((Integer side) -> strides[side]).reversed());
    return sides;
  }
}
