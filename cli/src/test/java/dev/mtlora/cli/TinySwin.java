package dev.mtlora.cli;

import dev.mtlora.tensor.DType;
import dev.mtlora.weights.SafeTensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The tensors of the smallest Swin Transformer that commands are tried on: image 32, embed 8,
 * depths 1 and 1, heads 1 and 2, window 4; every value of a tensor is its number plus an offset.
 */
final class TinySwin {
  /** A configuration for it; two steps on two scenes. */
  static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {classes: 16}, depth: {}}
      data: {kind: scenes, train: 4, val: 2}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 1, evaluateEvery: 1, threads: 1}
      """;

  private TinySwin() {}

  /** All its tensors under the authors' names. */
  static Map<String, SafeTensors.Source> tensors(float offset) {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    layer(tensors, "patch_embed.proj", offset, 8, 3, 4, 4);
    norm(tensors, "patch_embed.norm", offset, 8);
    for (int s = 0; s < 2; s++) {
      String block = String.format(Locale.ROOT, "layers.%d.blocks.0.", s);
      int c = 8 << s;
      norm(tensors, block + "norm1", offset, c);
      add(tensors, block + "attn.relative_position_bias_table", offset, 49, 1 << s);
      layer(tensors, block + "attn.qkv", offset, 3 * c, c);
      layer(tensors, block + "attn.proj", offset, c, c);
      norm(tensors, block + "norm2", offset, c);
      layer(tensors, block + "mlp.fc1", offset, 4 * c, c);
      layer(tensors, block + "mlp.fc2", offset, c, 4 * c);
    }
    add(tensors, "layers.0.downsample.reduction.weight", offset, 16, 32);
    norm(tensors, "layers.0.downsample.norm", offset, 32);
    return tensors;
  }

  private static void norm(
      Map<String, SafeTensors.Source> tensors, String name, float offset, int width) {
    add(tensors, name + ".weight", offset, width);
    add(tensors, name + ".bias", offset, width);
  }

  private static void layer(
      Map<String, SafeTensors.Source> tensors, String name, float offset, int... shape) {
    add(tensors, name + ".weight", offset, shape);
    add(tensors, name + ".bias", offset, shape[0]);
  }

  private static void add(
      Map<String, SafeTensors.Source> tensors, String name, float offset, int... shape) {
    long[] sides = Arrays.stream(shape).asLongStream().toArray();
    tensors.put(name, tensor((tensors.size() + 1) * 1e-3f + offset, sides));
  }

  /** A tensor of one value. */
  static SafeTensors.Source tensor(float value, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.fill(values, value);
    return SafeTensors.Source.of(DType.F32, values, shape);
  }

  /** The same tensors under other names. */
  static Map<String, SafeTensors.Source> renamed(
      Map<String, SafeTensors.Source> tensors, UnaryOperator<String> name) {
    Map<String, SafeTensors.Source> renamed = new LinkedHashMap<>();
    tensors.forEach((old, tensor) -> renamed.put(name.apply(old), tensor));
    return renamed;
  }
}
