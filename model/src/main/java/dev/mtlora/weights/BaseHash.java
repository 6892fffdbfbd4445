package dev.mtlora.weights;

import dev.mtlora.files.Sha256;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Tells pre-trained backbones apart by what an adapter leaves as it is: the SHA-256 of all frozen
 * parameters of the backbone, sorted by the names that they have without a method ({@code
 * layers.0.blocks.0.attn.qkv.weight}), of each the name in UTF-8, a zero byte, and the values as
 * little-endian f32. The same whichever file format and float type the values came from, as long as
 * they are the same values.
 */
final class BaseHash {
  private static final String BACKBONE = "backbone.";

  private BaseHash() {}

  /** The hash of a whole model's backbone, 64 hexadecimal digits. */
  static String of(Module model) {
    TreeMap<String, Tensor> frozen = new TreeMap<>();
    model
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.owner().isBase() && !parameter.trains()) {
                frozen.put(
                    name.substring(BACKBONE.length()).replace(".linear.", "."), parameter.tensor());
              }
            });
    MessageDigest digest = Sha256.digest();
    frozen.forEach((name, tensor) -> add(digest, name, tensor));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String name, Tensor tensor) {
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    try (Scope scope = Scope.inference()) {
      digest.update(tensor.to(DType.F32).toBytes());
    }
  }
}
