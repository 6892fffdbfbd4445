package dev.mtlora.weights.torch;

import java.util.List;

/**
 * A view of a storage as the file describes it, nothing of it checked.
 *
 * @param storage where its elements are
 * @param offset index of its first element in the storage
 * @param shape sides, which should be whole numbers
 * @param strides elements from one index to the next, per side
 */
record TorchTensor(TorchStorage storage, long offset, List<?> shape, List<?> strides) {

  @Override
  public String toString() {
    return "a tensor";
  }
}
