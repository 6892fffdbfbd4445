package dev.mtlora.weights.torch;

/** Values of a pickle that no tensor needs. */
enum PickleObject {
  NONE,
  NUMBER,
  BYTES,
  LONG_TEXT,
  SET
}
