package dev.mtlora.bench;

import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.HrNetHead;
import dev.mtlora.loss.CrossEntropy;
import dev.mtlora.nn.Attention;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Milliseconds of the parts of a training step that cost most, forward and backward where there is
 * one: Swin-T at 224 px, batch 4, its first stage; two threads.
 */
@SuppressWarnings("NullAway.Init") // JMH sets everything up first
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class StepPartsBenchmark {
  private static final int TOKENS = 4 * 56 * 56;
  private static final int WIDTH = 96;
  private static final int RANK = 64;
  private static final int HEADS = 3;

  private final Rng rng = Rng.of(1);
  private Scope scope;
  private Tensor hidden;
  private Tensor x;
  private Tensor weight;
  private Tensor a;
  private Tensor b;
  private HrNetHead head;
  private List<Tensor> pyramid;
  private Tensor logits;
  private Tensor classes;
  private Tensor qkv;
  private Tensor forkedQkv;
  private Tensor bias;

  /** Makes everything once. */
  @Setup(Level.Trial)
  public void make() {
    Engine.threads(2);
    scope = Scope.open();
    hidden = Tensor.randn(rng, TOKENS, 4 * WIDTH);
    x = Tensor.randn(rng, TOKENS, WIDTH).requiresGrad(true);
    weight = Tensor.randn(rng, WIDTH, WIDTH);
    a = Tensor.randn(rng, RANK, WIDTH).requiresGrad(true);
    b = Tensor.randn(rng, WIDTH, RANK).requiresGrad(true);
    head = new HrNetHead(new DecoderSpec(List.of(18, 36, 72, 144), 21), rng);
    head.train(true);
    pyramid = List.of(level(18, 28), level(36, 14), level(72, 7), level(144, 7));
    logits = Tensor.randn(rng, 4, 21, 224, 224).requiresGrad(true);
    classes = Tensor.full(3, 4, 1, 224, 224);
    qkv = Tensor.randn(rng, TOKENS / 49, 49, 3 * WIDTH).requiresGrad(true);
    forkedQkv = Tensor.randn(rng, 4 * TOKENS / 49, 49, 3 * WIDTH).requiresGrad(true);
    bias = Tensor.randn(rng, HEADS, 49, 49).requiresGrad(true);
  }

  private Tensor level(long channels, long side) {
    return Tensor.randn(rng, 4, channels, side, side).requiresGrad(true);
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void free() {
    scope.close();
  }

  private static void forwardAndBackward(Supplier<Tensor> forward) {
    try (Scope step = Scope.open()) {
      forward.get().sum().backward();
    }
  }

  /** Dropout of the hidden layer of an MLP, forward alone. */
  @Benchmark
  public void dropout() {
    try (Scope step = Scope.inference()) {
      Functional.dropout(hidden, 0.05);
    }
  }

  /** A frozen layer. */
  @Benchmark
  public void frozenLinear() {
    forwardAndBackward(() -> Functional.linear(x, weight, null));
  }

  /** The same with a low-rank pair beside it. */
  @Benchmark
  public void linearWithPair() {
    forwardAndBackward(
        () ->
            Functional.linear(x, weight, null)
                .plusMatmulInPlace(Functional.linear(x, a, null), b.transpose(0, 1)));
  }

  /** The same with the pair added to the weight first. */
  @Benchmark
  public void linearWithSum() {
    forwardAndBackward(() -> Functional.linear(x, weight.plus(b.matmul(a)), null));
  }

  /** Attention in all windows of a block. */
  @Benchmark
  public void windowAttention() {
    forwardAndBackward(() -> Attention.of(qkv, HEADS, 0.18, bias));
  }

  /** The same for the streams of four tasks. */
  @Benchmark
  public void windowAttentionOfFourTasks() {
    forwardAndBackward(() -> Attention.of(forkedQkv, HEADS, 0.18, bias));
  }

  /** The activation of the hidden layer of an MLP, forward alone. */
  @Benchmark
  public void gelu() {
    try (Scope step = Scope.inference()) {
      Functional.gelu(hidden);
    }
  }

  /** MTLoRA's decoder of one task. */
  @Benchmark
  public void hrNetHead() {
    forwardAndBackward(() -> head.forward(pyramid));
  }

  /** The loss of semseg, 21 classes. */
  @Benchmark
  public void crossEntropy() {
    forwardAndBackward(() -> CrossEntropy.of(logits, classes));
  }
}
