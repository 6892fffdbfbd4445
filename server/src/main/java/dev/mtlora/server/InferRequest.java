package dev.mtlora.server;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a client of the protocol asks for.
 *
 * @param id that the answer repeats
 * @param outputs that are wanted; empty for all
 */
record InferRequest(
    Optional<String> id, Parameters parameters, List<InferTensor> inputs, List<Output> outputs) {
  /**
   * The parameters that are heeded, whichever part of the request they belong to; others are left
   * to other servers.
   *
   * @param binary of an output: whether its numbers come behind the JSON
   * @param binarySize of an input: how many bytes of it lie behind the JSON
   * @param binaryOutput whether all outputs do, unless they say otherwise
   * @param outputs logits or predictions
   * @param at how large predictions are, image or model
   * @param timeout microseconds
   */
  record Parameters(
      Optional<Boolean> binary,
      OptionalInt binarySize,
      Optional<Boolean> binaryOutput,
      Optional<String> outputs,
      Optional<String> at,
      OptionalInt timeout) {
    static final Parameters NONE =
        new Parameters(
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty());
  }

  /** An output that is wanted. */
  record Output(String name, Parameters parameters) {}

  /** Of nothing but an encoded picture; its outputs come in binary form. */
  static InferRequest raw(byte[] picture) {
    InferTensor encoded =
        new InferTensor(
            InferInput.ENCODED, DataType.BYTES, new int[] {1}, new float[0], List.of(picture));
    Parameters binary =
        new Parameters(
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(true),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty());
    return new InferRequest(Optional.empty(), binary, List.of(encoded), List.of());
  }

  /** True if an output is wanted in binary form. */
  boolean binary(String output) {
    return outputs.stream()
        .filter(wanted -> wanted.name().equals(output))
        .findFirst()
        .flatMap(wanted -> wanted.parameters().binary())
        .or(parameters::binaryOutput)
        .orElse(false);
  }
}
