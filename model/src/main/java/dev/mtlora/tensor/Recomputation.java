package dev.mtlora.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a forward pass that keeps nothing for its gradient: the backward pass runs it once
 * more, with the same random draws, and goes back through that (activation checkpointing, Chen et
 * al. 2016, arXiv 1604.06174). Less memory for a second forward pass; the gradients are the same.
 *
 * <p>The binding has no custom autograd functions, so two hooks do the work. All results are joined
 * into one tensor together with nothing, literally, of every input: its gradient arrives when those
 * of all results are complete, and passes on to the inputs only afterwards.
 *
 * <pre>
 * joined = [results, input[0:0], ...]      its hook: run again, go back, keep what the inputs get
 * input                                    its hook: writes that over the zeros that come here
 * </pre>
 *
 * <p>Parameters get their gradients from inside the hook, straight into {@link Tensor#grad}, so
 * {@link Tensor#backward} works, and {@link Tensor#gradients} does not. Hooks live in the scope
 * that is open at the call, which must last until the backward pass is over.
 */
public final class Recomputation {
  private final List<Tensor> inputs;
  private final Piece piece;
  private final Device device;
  private final RandomState random;
  private final boolean bf16;
  private final Set<Integer> read = new HashSet<>(); // results whose gradient has come
  private final Map<Integer, org.bytedeco.pytorch.Tensor> gradients = new HashMap<>(); // by input

  /** A function of tensors; what else it depends on are parameters, and they don't change. */
  public interface Piece {
    /** New tensors, always as many and of the same shapes. */
    List<Tensor> of(List<Tensor> inputs);
  }

  private Recomputation(List<Tensor> inputs, Piece piece) {
    this.inputs = List.copyOf(inputs);
    this.piece = piece;
    this.device = inputs.get(0).device();
    this.random = RandomState.now(device);
    this.bf16 = Autocast.isActive(device);
  }

  /**
   * The results of a piece, to be computed again in the backward pass.
   *
   * @param inputs at least one
   * @return all on the device of the first input, and of the type of the first result
   */
  public static List<Tensor> of(List<Tensor> inputs, Piece piece) {
    return GradMode.is_enabled()
        ? new Recomputation(inputs, piece).forward()
        : unrecorded(inputs, piece);
  }

  private static List<Tensor> unrecorded(List<Tensor> inputs, Piece piece) {
    try (Scope scope = Scope.inference()) {
      return piece.of(inputs).stream().map(scope::keep).toList();
    }
  }

  private List<Tensor> forward() {
    List<Tensor> ways = ways();
    List<long[]> shapes = new ArrayList<>();
    Tensor joined = Scope.result(() -> joined(unrecorded(inputs, piece), ways, shapes));
    torch.clear_cache(); // bf16 copies of weights made there have lost the way back to them
    new Hook(joined, this::backward);
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (long[] shape : shapes) {
      long count = LongStream.of(shape).reduce(1, (a, b) -> a * b);
      Tensor part = joined.narrow(0, start, count).view(shape);
      int index = parts.size();
      new Hook(part, gradient -> read.add(index));
      parts.add(part);
      start += count;
    }
    return parts;
  }

  /** Nothing of every input that needs a gradient, and of a leaf, since parameters need one too. */
  private List<Tensor> ways() {
    List<Tensor> ways = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).requiresGrad()) {
        Tensor way = inputs.get(i).view(inputs.get(i).shape());
        int index = i;
        new Hook(way, zeros -> pass(index, zeros));
        ways.add(way.narrow(0, 0, 0).reshape(0));
      }
    }
    ways.add(Tensor.zeros(DType.F32, 0).to(device).requiresGrad(true));
    return ways;
  }

  private static Tensor joined(List<Tensor> results, List<Tensor> ways, List<long[]> shapes) {
    List<Tensor> parts = new ArrayList<>();
    for (Tensor result : results) {
      shapes.add(result.shape());
      parts.add(result.reshape(-1));
    }
    ways.forEach(way -> parts.add(way.to(results.get(0).dtype())));
    return Tensor.cat(parts, 0);
  }

  /** Runs the piece again and goes back through it, in the scope of the hook. */
  private void backward(org.bytedeco.pytorch.Tensor gradient) {
    boolean recorded = GradMode.is_enabled();
    GradMode.set_enabled(true);
    try {
      List<Tensor> leaves = inputs.stream().map(Recomputation::leaf).toList();
      List<Tensor> results = again(leaves);
      backward(results, new Tensor(gradient));
      for (int i = 0; i < leaves.size(); i++) {
        if (leaves.get(i).requiresGrad()) {
          gradients.put(i, kept(leaves.get(i)));
        }
      }
    } finally {
      GradMode.set_enabled(recorded);
    }
  }

  private static Tensor leaf(Tensor input) {
    return input.detach().requiresGrad(input.requiresGrad());
  }

  private List<Tensor> again(List<Tensor> leaves) {
    RandomState now = RandomState.now(device);
    random.restore();
    try (Autocast cast = Autocast.bf16(device, bf16)) {
      return piece.of(leaves);
    } finally {
      now.restore();
    }
  }

  /** Leaves out results that nobody read: what is behind them alone has no gradient, not zeros. */
  private void backward(List<Tensor> results, Tensor joined) {
    TensorVector tensors = new TensorVector();
    TensorVector cotangents = new TensorVector();
    long start = 0;
    for (int i = 0; i < results.size(); i++) {
      Tensor result = results.get(i);
      if (result.requiresGrad() && read.remove(i)) {
        Tensor part = joined.narrow(0, start, result.count()).view(result.shape());
        tensors.push_back(result.handle());
        cotangents.push_back(part.to(result.dtype()).handle());
      }
      start += result.count();
    }
    torch.backward(tensors, cotangents, new BoolOptional(false), false, new TensorVector());
  }

  /** The gradient of a leaf, undefined if there is none; not owned by a scope. */
  private static org.bytedeco.pytorch.Tensor kept(Tensor leaf) {
    org.bytedeco.pytorch.Tensor gradient = new org.bytedeco.pytorch.Tensor(leaf.handle().grad());
    gradient.retainReference();
    return gradient;
  }

  /** Writes an input's gradient over the zeros that arrived in its place. */
  private void pass(int index, org.bytedeco.pytorch.Tensor zeros) {
    org.bytedeco.pytorch.Tensor gradient = Objects.requireNonNull(gradients.remove(index));
    if (gradient.defined()) {
      zeros.copy_(gradient);
    }
    gradient.releaseReference();
  }

  /** What happens when a tensor's gradient is complete. */
  private static final class Hook extends VoidTensorHook {
    private final transient Action action;

    Hook(Tensor of, Action action) {
      this.action = action;
      of.handle().register_hook(this);
    }

    @Override
    public void call(@Nullable TensorBase gradient) {
      try (Scope scope = Scope.open()) {
        action.on(new org.bytedeco.pytorch.Tensor(gradient));
      }
    }
  }

  private interface Action {
    void on(org.bytedeco.pytorch.Tensor gradient);
  }

  /** Where the generators stand that a piece may draw from: the CPU's, and its device's. */
  private record RandomState(List<Device> devices, List<Tensor> states) {
    static RandomState now(Device device) {
      List<Device> devices = Stream.of(Device.CPU, device).distinct().toList();
      return new RandomState(
          devices, devices.stream().map(d -> new Tensor(generator(d).get_state())).toList());
    }

    void restore() {
      for (int i = 0; i < devices.size(); i++) {
        generator(devices.get(i)).set_state(states.get(i).handle());
      }
    }

    private static org.bytedeco.pytorch.Generator generator(Device device) {
      return torch.globalContext().defaultGenerator(device.handle());
    }
  }
}
