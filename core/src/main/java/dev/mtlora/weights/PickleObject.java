package dev.mtlora.weights;

/** Values of a pickle that no tensor needs. */
enum PickleObject {
  NONE,
  NUMBER,
  BYTES,
  LONG_TEXT,
  SET
}
