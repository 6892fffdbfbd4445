package dev.mtlora.weights.torch;

/**
 * The name of a Python class or function; never looked up.
 *
 * @param name with its module: {@code collections.OrderedDict}
 */
record PickleGlobal(String name) {}
