package dev.mtlora.weights.torch;

/**
 * A block of elements of one type, which tensors share, or a part of one.
 *
 * @param key its name in the file
 * @param type of its elements
 * @param first index in the block of the part's first element
 * @param elements how many the part has
 */
record TorchStorage(String key, TorchType type, long first, long elements) {}
