package dev.mtlora.decoder;

import dev.mtlora.nn.BatchNorm2d;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/** Convolution, batch normalisation, ReLU: the brick that all heads are built of. */
final class ConvNormRelu extends Module {
  private final Conv2d convolution;
  private final BatchNorm2d norm;

  /** The names under which checkpoints know the two layers. */
  record Names(String convolution, String norm) {}

  ConvNormRelu(Rng rng, Conv2d.Shape shape, boolean bias, Names names) {
    convolution = child(names.convolution(), new Conv2d(rng, shape, bias));
    norm = child(names.norm(), new BatchNorm2d(shape.out()));
  }

  /** {@code [B, in, H, W] -> [B, out, H', W']}, not negative. */
  Tensor forward(Tensor x) {
    return Functional.relu(norm.forward(convolution.forward(x)));
  }
}
