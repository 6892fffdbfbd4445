package dev.mtlora.testing;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Makes the weights and inputs on which the reference numbers were measured: every tensor is a pure
 * function of its name (FNV-1a, then splitmix64 over the element's index), so no weights need to be
 * stored. The rules are those of {@code golden/gen/case.json}.
 */
public final class GoldenGenerator {
  private GoldenGenerator() {}

  /** {@code count} values in [-1, 1), row-major, for the tensor of this full name. */
  public static float[] uniform(String name, long count) {
    long hash = fnv(name);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      long z = hash + i + 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      z ^= z >>> 31;
      values[i] = (float) (2 * ((z >>> 40) * 0x1p-24) - 1);
    }
    return values;
  }

  /** FNV-1a, 64 bits, of the name in UTF-8. */
  static long fnv(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /**
   * Overwrites a model's weights with generated ones; what the model computes from its settings
   * (attention masks, indices) stays.
   *
   * @param state parameters and buffers by name
   * @param prefix put in front of every name, for instance {@code "decoder.hrnet."}
   */
  public static void fill(Map<String, Tensor> state, String prefix) {
    state.forEach(
        (key, tensor) -> {
          if (key.endsWith("num_batches_tracked")) {
            tensor.assignInPlace(Tensor.of(new long[] {3}));
          } else if (!key.endsWith("attn_mask") && tensor.dtype() != DType.I64) {
            float[] values = values(prefix, key, tensor.shape());
            tensor.assignInPlace(Tensor.of(values, tensor.shape()));
          }
        });
  }

  /** The values of one floating-point member of a state; the rules apply in this order. */
  static float[] values(String prefix, String key, long... shape) {
    float[] u = uniform(prefix + key, product(shape, 0));
    String name = key.substring(key.lastIndexOf('.') + 1);
    if (name.equals("running_var")) {
      return affine(u, 1, 0.5);
    } else if (name.equals("running_mean")) {
      return affine(u, 0, 0.2);
    } else if (key.contains("lora_shared_scale") || key.contains("lora_tasks_scale")) {
      return affine(u, 4, 0.5);
    } else if (key.contains("lora_shared_B") || key.contains("lora_tasks_B")) {
      return affine(u, 0, 0.25 / Math.sqrt(shape[1]));
    } else if (key.contains("lora_shared_A") || key.contains("lora_tasks_A")) {
      return affine(u, 0, 1.7 / Math.sqrt(shape[1]));
    } else if (name.equals("relative_position_bias_table")) {
      return affine(u, 0, 0.5);
    } else if (shape.length == 1) {
      return name.equals("weight") ? affine(u, 1, 0.1) : affine(u, 0, 0.1);
    }
    return affine(u, 0, 1.7 / Math.sqrt(product(shape, 1)));
  }

  /** {@code offset + factor * u}; the factor is rounded to a float first, as the reference does. */
  private static float[] affine(float[] u, float offset, double factor) {
    float rounded = (float) factor;
    for (int i = 0; i < u.length; i++) {
      u[i] = offset + rounded * u[i];
    }
    return u;
  }

  private static long product(long[] shape, int from) {
    long product = 1;
    for (int i = from; i < shape.length; i++) {
      product *= shape[i];
    }
    return product;
  }
}
