package dev.mtlora.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array in native memory, owned by a {@link Scope}.
 *
 * <p>Operations broadcast as NumPy does, return new tensors, and are recorded for {@link #backward}
 * unless the scope is one of {@link Scope#inference}. The few that change a tensor in place end in
 * {@code InPlace} and are for optimisers and buffers. A failing operation throws {@link
 * IllegalArgumentException} with libtorch's reason and the shapes of all operands.
 *
 * <p>Longer than other files because one type holds the whole arithmetic; the layers' operations
 * (convolution, norms, losses) are in {@link Functional}.
 */
public final class Tensor {
  private static final Op MATMUL = Op.of("matmul");
  private static final Op BMM = Op.of("bmm");
  private static final Op PLUS_BMM = Op.of("plusBmm");
  private static final Op PLUS_MATMUL = Op.of("plusMatmulInPlace");

  private final org.bytedeco.pytorch.Tensor handle;
  private long @Nullable [] shape; // read when asked for; changes in keepInPlace and zeroInPlace

  Tensor(org.bytedeco.pytorch.Tensor handle) {
    Scope.requireOpen();
    this.handle = handle;
  }

  /** The sides, not to be changed; read once, by calls that make no native object. */
  private long[] sides() {
    long[] sides = shape;
    if (sides == null) {
      sides = new long[(int) handle.dim()];
      for (int i = 0; i < sides.length; i++) {
        sides[i] = handle.size(i);
      }
      shape = sides;
    }
    return sides;
  }

  /** The shape for people, also of a tensor that its scope has freed. */
  private String text() {
    return shape == null && handle.isNull() ? "[freed]" : Arrays.toString(sides());
  }

  org.bytedeco.pytorch.Tensor handle() {
    return handle;
  }

  /** Runs one native operation that takes nothing but tensors. */
  static Tensor op(
      String name, Supplier<org.bytedeco.pytorch.Tensor> call, @Nullable Tensor... operands) {
    Scope.requireOpen();
    try {
      Tensor result = new Tensor(call.get());
      Work.moved(result, operands);
      if (Recording.isOpen()) { // an Op is made for who reads it
        Recording.heard(Op.of(name), result, operands);
      }
      return result;
    } catch (RuntimeException e) {
      throw failure(name, e, operands);
    }
  }

  /** Runs one native operation; a failure names the operation, the reason and all shapes. */
  static Tensor op(
      Op op, Supplier<org.bytedeco.pytorch.Tensor> call, @Nullable Tensor... operands) {
    Scope.requireOpen();
    try {
      Tensor result = new Tensor(call.get());
      Work.moved(result, operands);
      Recording.heard(op, result, operands);
      return result;
    } catch (RuntimeException e) {
      throw failure(op.toString(), e, operands);
    }
  }

  private static IllegalArgumentException failure(
      String name, RuntimeException e, @Nullable Tensor... operands) {
    String shapes =
        Stream.of(operands)
            .map(t -> t == null ? "none" : t.text())
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(name + " of " + shapes + ": " + reason(e), e);
  }

  /** The first line of what libtorch says. */
  static String reason(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  static TensorOptional optional(@Nullable Tensor tensor) {
    return Products.optional(tensor == null ? null : tensor.handle);
  }

  // --- making and reading -----------------------------------------------------------------------

  /** A copy of Java floats, row-major, on the CPU. */
  public static Tensor of(float[] values, long... shape) {
    requireCount(values.length, shape);
    Tensor tensor = empty(DType.F32, shape);
    if (values.length > 0 && !Shapes.isOpen()) {
      new FloatPointer(tensor.handle.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** A copy of Java doubles, row-major, on the CPU. */
  public static Tensor of(double[] values, long... shape) {
    requireCount(values.length, shape);
    Tensor tensor = empty(DType.F64, shape);
    if (values.length > 0 && !Shapes.isOpen()) {
      new DoublePointer(tensor.handle.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** A copy of Java longs, row-major, on the CPU. */
  public static Tensor of(long[] values, long... shape) {
    requireCount(values.length, shape);
    Tensor tensor = empty(DType.I64, shape);
    if (values.length > 0 && !Shapes.isOpen()) {
      new LongPointer(tensor.handle.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** The same of values that are only made if they are kept, see {@link Shapes}. */
  public static Tensor ofFloats(Supplier<float[]> values, long... shape) {
    return Shapes.isOpen() ? empty(DType.F32, shape) : of(values.get(), shape);
  }

  /** The same of values that are only made if they are kept, see {@link Shapes}. */
  public static Tensor ofLongs(Supplier<long[]> values, long... shape) {
    return Shapes.isOpen() ? empty(DType.I64, shape) : of(values.get(), shape);
  }

  /** A copy of raw little-endian bytes, row-major, on the CPU; reads all that remains. */
  public static Tensor of(ByteBuffer bytes, DType dtype, long... shape) {
    requireCount(bytes.remaining() / dtype.bytes(), shape);
    Tensor tensor = empty(dtype, shape);
    long size = tensor.count() * dtype.bytes();
    if (size > 0 && !Shapes.isOpen()) {
      new BytePointer(tensor.handle.data_ptr())
          .capacity(size)
          .asByteBuffer()
          .put(bytes.duplicate());
    }
    return tensor;
  }

  private static void requireCount(long given, long... shape) {
    long needed = 1;
    for (long side : shape) {
      needed = Math.multiplyExact(needed, side);
    }
    if (needed != given) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a tensor of shape %s needs %d values but got %d",
              Arrays.toString(shape),
              needed,
              given));
    }
  }

  private static Tensor empty(DType dtype, long... shape) {
    return op("empty", () -> torch.empty(shape, Shapes.options(dtype, shape), null));
  }

  /** Zeros of the given type, on the CPU. */
  public static Tensor zeros(DType dtype, long... shape) {
    return op("zeros", () -> torch.zeros(shape, Shapes.options(dtype, shape)));
  }

  /** 32-bit zeros, on the CPU. */
  public static Tensor zeros(long... shape) {
    return zeros(DType.F32, shape);
  }

  /** One value everywhere, 32 bit, on the CPU. */
  public static Tensor full(double value, long... shape) {
    return op("full", () -> torch.full(shape, new Scalar(value), Shapes.options(DType.F32, shape)));
  }

  /** Standard normal draws from the given generator, 32 bit, on the CPU. */
  public static Tensor randn(Rng rng, long... shape) {
    return drawn(rng, shape, (t, generator) -> t.normal_(0, 1, generator));
  }

  /** Uniform draws in [low, high) from the given generator, 32 bit, on the CPU. */
  public static Tensor uniform(Rng rng, double low, double high, long... shape) {
    return drawn(rng, shape, (t, generator) -> t.uniform_(low, high, generator));
  }

  /** What dropout multiplies by, {@link DropoutMask}; draws its seed from the engine. */
  static Tensor dropoutMask(double p, long... shape) {
    Tensor mask = empty(DType.F32, shape);
    long seed =
        torch.empty(new long[] {1}, Shapes.options(DType.I64, 1), null).random_().item_long();
    new DropoutMask(seed, p).fill(mask);
    return mask;
  }

  private static Tensor drawn(Rng rng, long[] shape, Draw draw) {
    Tensor tensor = empty(DType.F32, shape);
    long seed = rng.nextLong();
    if (!Shapes.isOpen()) {
      try (Scope scope = Scope.open()) { // a generator is as large as many a tensor
        draw.into(
            tensor.handle,
            new org.bytedeco.pytorch.GeneratorOptional(torch.createCPUGenerator(seed)));
      }
    }
    return tensor;
  }

  private interface Draw {
    void into(org.bytedeco.pytorch.Tensor tensor, org.bytedeco.pytorch.GeneratorOptional generator);
  }

  /** All values as 32-bit floats, row-major; waits for the device. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(count())];
    try (Scope scope = Scope.inference()) {
      Tensor host = host(DType.F32);
      if (values.length > 0) {
        new FloatPointer(host.handle.data_ptr()).get(values, 0, values.length);
      }
    }
    return values;
  }

  /** All values as doubles, row-major; waits for the device. */
  public double[] toDoubles() {
    double[] values = new double[Math.toIntExact(count())];
    try (Scope scope = Scope.inference()) {
      Tensor host = host(DType.F64);
      if (values.length > 0) {
        new DoublePointer(host.handle.data_ptr()).get(values, 0, values.length);
      }
    }
    return values;
  }

  /** All values as longs, row-major; floats are truncated; waits for the device. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(count())];
    try (Scope scope = Scope.inference()) {
      Tensor host = host(DType.I64);
      if (values.length > 0) {
        new LongPointer(host.handle.data_ptr()).get(values, 0, values.length);
      }
    }
    return values;
  }

  /** A copy of the raw little-endian bytes, row-major; waits for the device. */
  public ByteBuffer toBytes() {
    int size = Math.toIntExact(count() * dtype().bytes());
    ByteBuffer copy = ByteBuffer.allocate(size).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    try (Scope scope = Scope.inference()) {
      if (size > 0) {
        Tensor host = host(dtype());
        copy.put(new BytePointer(host.handle.data_ptr()).capacity(size).asByteBuffer());
      }
    }
    return copy.flip();
  }

  private Tensor host(DType dtype) {
    Recording.requireKnown(this, "a value");
    return new Tensor(handle.detach().cpu().toType(dtype.scalarType()).contiguous());
  }

  /** The value of a tensor that holds exactly one; waits for the device. */
  public double item() {
    if (count() != 1) {
      throw new IllegalArgumentException(
          "item() needs a tensor of one value but the shape is " + text());
    }
    Recording.requireKnown(this, "a value");
    try (Scope scope = Scope.inference()) {
      return handle.detach().cpu().toType(DType.F64.scalarType()).item_double();
    }
  }

  // --- shape ------------------------------------------------------------------------------------

  /** The sides; a copy. */
  public long[] shape() {
    return sides().clone();
  }

  /** Number of dimensions. */
  public int rank() {
    return sides().length;
  }

  /** One side; negative dimensions count from the end. */
  public long size(int dimension) {
    return sides()[dimension < 0 ? dimension + sides().length : dimension];
  }

  /** Number of values. */
  public long count() {
    return handle.numel();
  }

  /** Element type. */
  public DType dtype() {
    return DType.of(handle.scalar_type());
  }

  /** Where the values live. */
  public Device device() {
    return handle.is_cuda() ? new Device(true, Math.max(0, handle.device().index())) : Device.CPU;
  }

  /** The same values under another shape, without a copy; -1 infers one side. */
  public Tensor view(long... newShape) {
    return op(Op.of("view", newShape), () -> handle.view(newShape), this);
  }

  /** The same values under another shape, copied only if needed; -1 infers one side. */
  public Tensor reshape(long... newShape) {
    return op(Op.of("reshape", newShape), () -> handle.reshape(newShape), this);
  }

  /** Dimensions in another order, without a copy. */
  public Tensor permute(long... order) {
    return op(Op.of("permute", order), () -> handle.permute(order), this);
  }

  /** Two dimensions swapped, without a copy. */
  public Tensor transpose(int a, int b) {
    return op(Op.of("transpose", a, b), () -> handle.transpose(a, b), this);
  }

  /** The same values in row-major memory; itself where they are already. */
  public Tensor contiguous() {
    return op("contiguous", handle::contiguous, this);
  }

  /** Repeats sides of length 1 without a copy; -1 keeps a side. */
  public Tensor expand(long... newShape) {
    return op(Op.of("expand", newShape), () -> handle.expand(newShape), this);
  }

  /** {@code length} entries of one dimension from {@code start}, without a copy. */
  public Tensor narrow(int dimension, long start, long length) {
    return op(
        Op.of("narrow", dimension, start, length),
        () -> handle.narrow(dimension, start, length),
        this);
  }

  /** One entry of one dimension, which disappears; without a copy. */
  public Tensor select(int dimension, long index) {
    return op(Op.of("select", dimension, index), () -> handle.select(dimension, index), this);
  }

  /** A new dimension of length 1. */
  public Tensor unsqueeze(int dimension) {
    return op(Op.of("unsqueeze", dimension), () -> handle.unsqueeze(dimension), this);
  }

  /** Removes a dimension of length 1. */
  public Tensor squeeze(int dimension) {
    return op(Op.of("squeeze", dimension), () -> handle.squeeze(dimension), this);
  }

  /** Entries of one dimension picked by an I64 vector of indices. */
  public Tensor indexSelect(int dimension, Tensor indices) {
    return op(
        Op.of("indexSelect", dimension),
        () -> handle.index_select(dimension, indices.handle),
        this,
        indices);
  }

  /** Values picked along one dimension by an I64 tensor of the result's shape. */
  public Tensor gather(int dimension, Tensor indices) {
    return op(
        Op.of("gather", dimension), () -> handle.gather(dimension, indices.handle), this, indices);
  }

  /** Rolls two dimensions; values leaving one end enter at the other. */
  public Tensor roll(long shiftA, long shiftB, int dimensionA, int dimensionB) {
    return op(
        Op.of("roll", shiftA, shiftB, dimensionA, dimensionB),
        () -> handle.roll(new long[] {shiftA, shiftB}, new long[] {dimensionA, dimensionB}),
        this);
  }

  /** The tensors joined along an existing dimension. */
  public static Tensor cat(List<Tensor> tensors, int dimension) {
    return op(
        Op.of("cat", dimension),
        () -> torch.cat(vector(tensors), dimension),
        tensors.toArray(new Tensor[0]));
  }

  /** The tensors joined along a new dimension. */
  public static Tensor stack(List<Tensor> tensors, int dimension) {
    return op(
        Op.of("stack", dimension),
        () -> torch.stack(vector(tensors), dimension),
        tensors.toArray(new Tensor[0]));
  }

  private static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(
        tensors.stream().map(Tensor::handle).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }

  /** The same values in another type; itself where the type is that already. */
  public Tensor to(DType dtype) {
    return op("to", () -> handle.toType(dtype.scalarType()), this);
  }

  /** The same values in F32; itself where they are F32 or F64, which narrowing would round. */
  public Tensor atLeastF32() {
    return to(dtype().atLeastF32());
  }

  /** The same values on another device; itself where they are already. */
  public Tensor to(Device device) {
    return op(
        "toDevice",
        () -> handle.to(device.handle(), handle.scalar_type(), false, false, null),
        this);
  }

  /** True if {@code [B, C, H, W]} lies in memory as {@code [B, H, W, C]} and not as written. */
  public boolean isChannelsLast() {
    return rank() == 4
        && !handle.is_contiguous()
        && handle.is_contiguous(org.bytedeco.pytorch.global.torch.MemoryFormat.ChannelsLast);
  }

  /** A copy in memory of its own. */
  public Tensor copy() {
    return op("copy", handle::clone, this);
  }

  // --- arithmetic -------------------------------------------------------------------------------

  /** Sum. */
  public Tensor plus(Tensor other) {
    return op("plus", () -> handle.add(other.handle), this, other);
  }

  /** Sum with a number. */
  public Tensor plus(double value) {
    return op(Op.real("plus", value), () -> handle.add(new Scalar(value)), this);
  }

  /** Difference. */
  public Tensor minus(Tensor other) {
    return op("minus", () -> handle.sub(other.handle), this, other);
  }

  /** Product, element by element. */
  public Tensor times(Tensor other) {
    return op("times", () -> handle.mul(other.handle), this, other);
  }

  /** Product with a number. */
  public Tensor times(double value) {
    return op(Op.real("times", value), () -> handle.mul(new Scalar(value)), this);
  }

  /** Quotient, element by element. */
  public Tensor dividedBy(Tensor other) {
    return op("dividedBy", () -> handle.div(other.handle), this, other);
  }

  /** Matrix product over the last two dimensions, broadcasting the others. */
  public Tensor matmul(Tensor other) {
    return Work.counted(
        Products.call(MATMUL, (a, b, none) -> a.matmul(b), this, other, null),
        () -> size(-1),
        this,
        other);
  }

  /** Batched product {@code [N, a, b] x [N, b, c] -> [N, a, c]}. */
  public Tensor bmm(Tensor other) {
    return Work.counted(
        Products.call(BMM, (a, b, none) -> a.bmm(b), this, other, null),
        () -> size(-1),
        this,
        other);
  }

  /** {@code this + a x b}, batched: {@code [N, i, j] + [N, i, k] x [N, k, j]}, in one product. */
  public Tensor plusBmm(Tensor a, Tensor b) {
    return Work.counted(
        Products.plus(PLUS_BMM, (x, y, sum) -> sum.baddbmm(x, y), a, b, this),
        () -> a.size(-1),
        a,
        b);
  }

  /**
   * {@code this + a x b}, {@code [i, j] + [i, k] x [k, j]}, which may be written over this one:
   * only the result must be used from now on. Nothing may have kept this one for its own gradient:
   * results of products may be written over, those of softmax or GELU may not.
   */
  public Tensor plusMatmulInPlace(Tensor a, Tensor b) {
    boolean apart = Recording.isOpen(); // which reads what this one was, if it is a constant
    Products.SumKernel kernel =
        (x, y, sum) -> {
          org.bytedeco.pytorch.Tensor left = x.toType(sum.scalar_type());
          org.bytedeco.pytorch.Tensor right = y.toType(sum.scalar_type());
          return apart ? sum.addmm(left, right) : sum.addmm_(left, right);
        };
    Tensor sum = Products.plus(PLUS_MATMUL, kernel, a, b, this).to(dtype());
    if (sum.handle.is_alias_of(handle)) {
      Work.writtenOver(sum, a, b);
    }
    return Work.counted(sum, () -> a.size(-1), a, b);
  }

  /** Negative. */
  public Tensor negate() {
    return op("negate", handle::neg, this);
  }

  /** Absolute value. */
  public Tensor abs() {
    return op("abs", handle::abs, this);
  }

  /** -1, 0 or 1. */
  public Tensor sign() {
    return op("sign", handle::sign, this);
  }

  /** Square root. */
  public Tensor sqrt() {
    return op("sqrt", handle::sqrt, this);
  }

  /** Square. */
  public Tensor square() {
    return op("square", handle::square, this);
  }

  /** Exponential. */
  public Tensor exp() {
    return op("exp", handle::exp, this);
  }

  /** Natural logarithm. */
  public Tensor log() {
    return op("log", handle::log, this);
  }

  /** Arc cosine. */
  public Tensor acos() {
    return op("acos", handle::acos, this);
  }

  /** Angle of the point (other, this), in radians. */
  public Tensor atan2(Tensor other) {
    return op("atan2", () -> handle.atan2(other.handle), this, other);
  }

  /** Logistic function. */
  public Tensor sigmoid() {
    return op("sigmoid", handle::sigmoid, this);
  }

  /** Values bounded on both sides; infinities leave a side open. */
  public Tensor clamp(double low, double high) {
    return op(
        Op.real("clamp", low, high),
        () ->
            handle.clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high))),
        this);
  }

  /** The larger of the two, element by element. */
  public Tensor maximum(Tensor other) {
    return op("maximum", () -> torch.maximum(handle, other.handle), this, other);
  }

  // --- reductions -------------------------------------------------------------------------------

  private static long[] keeping(boolean keep, long... dimensions) {
    return LongStream.concat(LongStream.of(keep ? 1 : 0), LongStream.of(dimensions)).toArray();
  }

  /** Sum of all values, shape []. */
  public Tensor sum() {
    return op("sum", handle::sum, this);
  }

  /** Sum over some dimensions. */
  public Tensor sum(boolean keepDimensions, long... dimensions) {
    return op(
        Op.of("sum", keeping(keepDimensions, dimensions)),
        () -> handle.sum(dimensions, keepDimensions, new ScalarTypeOptional()),
        this);
  }

  /** Mean of all values, shape []. */
  public Tensor mean() {
    return op("mean", handle::mean, this);
  }

  /** Mean over some dimensions. */
  public Tensor mean(boolean keepDimensions, long... dimensions) {
    return op(
        Op.of("mean", keeping(keepDimensions, dimensions)),
        () -> handle.mean(dimensions, keepDimensions, new ScalarTypeOptional()),
        this);
  }

  /** Euclidean length over one dimension. */
  public Tensor norm(int dimension, boolean keepDimension) {
    return op(
        Op.of("norm", keeping(keepDimension, dimension)),
        () ->
            handle.norm(new ScalarOptional(new Scalar(2.0)), new long[] {dimension}, keepDimension),
        this);
  }

  /** Index of the largest value of one dimension, I64. */
  public Tensor argmax(int dimension) {
    return op(
        Op.of("argmax", dimension), () -> handle.argmax(new LongOptional(dimension), false), this);
  }

  /**
   * How often each of 0, 1, 2, ... occurs in an I64 tensor, as an I64 vector.
   *
   * @param minimumLength the result is at least this long; larger values make it longer
   */
  public Tensor countOfEach(long minimumLength) {
    return op(
        "countOfEach",
        () -> torch.bincount(handle.flatten(), new TensorOptional(), minimumLength),
        this);
  }

  /** For every value the number of entries of a sorted vector that are smaller than it, I64. */
  public Tensor countSmaller(Tensor sorted) {
    return op("countSmaller", () -> torch.bucketize(handle, sorted.handle), this, sorted);
  }

  // --- truth values -----------------------------------------------------------------------------

  /** True where smaller. */
  public Tensor lt(double value) {
    return op(Op.real("lt", value), () -> handle.lt(new Scalar(value)), this);
  }

  /** True where larger. */
  public Tensor gt(double value) {
    return op(Op.real("gt", value), () -> handle.gt(new Scalar(value)), this);
  }

  /** True where at least as large. */
  public Tensor ge(double value) {
    return op(Op.real("ge", value), () -> handle.ge(new Scalar(value)), this);
  }

  /** True where equal. */
  public Tensor eq(double value) {
    return op(Op.real("eq", value), () -> handle.eq(new Scalar(value)), this);
  }

  /** True where equal. */
  public Tensor eq(Tensor other) {
    return op("eq", () -> handle.eq(other.handle), this, other);
  }

  /** True where different. */
  public Tensor ne(double value) {
    return op(Op.real("ne", value), () -> handle.ne(new Scalar(value)), this);
  }

  /** True where both are. */
  public Tensor and(Tensor other) {
    return op("and", () -> handle.logical_and(other.handle), this, other);
  }

  /** True where one is. */
  public Tensor or(Tensor other) {
    return op("or", () -> handle.logical_or(other.handle), this, other);
  }

  /** True where this is false. */
  public Tensor not() {
    return op("not", handle::logical_not, this);
  }

  /** True where neither infinite nor NaN. */
  public Tensor isFinite() {
    return op("isFinite", handle::isfinite, this);
  }

  /** True if no value is infinite or NaN. */
  public boolean isAllFinite() {
    try (Scope scope = Scope.inference()) {
      return op("isAllFinite", () -> handle.isfinite().all(), this).item() == 1;
    }
  }

  /** This where the mask is false, the value where it is true. */
  public Tensor maskedFill(Tensor mask, double value) {
    return op(
        Op.real("maskedFill", value),
        () -> handle.masked_fill(mask.handle, new Scalar(value)),
        this,
        mask);
  }

  /** The values where the mask is true, as a vector, row-major. */
  public Tensor maskedSelect(Tensor mask) {
    return op("maskedSelect", () -> handle.masked_select(mask.handle), this, mask);
  }

  /** {@code yes} where this BOOL tensor is true, {@code no} elsewhere. */
  public Tensor choose(Tensor yes, Tensor no) {
    return op("choose", () -> torch.where(handle, yes.handle, no.handle), this, yes, no);
  }

  // --- gradients --------------------------------------------------------------------------------

  /** True if operations on this tensor are recorded. */
  public boolean requiresGrad() {
    return handle.requires_grad();
  }

  /** Starts or stops recording operations on this leaf; returns it. */
  public Tensor requiresGrad(boolean required) {
    handle.set_requires_grad(required);
    return this;
  }

  /** The same memory, not recorded. */
  public Tensor detach() {
    return op("detach", handle::detach, this);
  }

  /** Adds the gradient of this single value to every leaf that it depends on. */
  public void backward() {
    try {
      handle.backward();
    } catch (RuntimeException e) {
      throw failure("backward", e, this);
    }
  }

  /** Adds the gradient of the sum of {@code this * cotangent} to every leaf. */
  public void backward(Tensor cotangent) {
    try {
      handle.backward(cotangent.handle, new BoolOptional(), false, new TensorArrayRefOptional());
    } catch (RuntimeException e) {
      throw failure("backward", e, this, cotangent);
    }
  }

  /** The gradient that {@link #backward} has left here; empty if none reached this leaf. */
  public Optional<Tensor> grad() {
    org.bytedeco.pytorch.Tensor grad = handle.grad();
    return grad.defined() ? Optional.of(new Tensor(grad)) : Optional.empty();
  }

  /** How many values lie in memory: fewer than {@link #count} where a dimension repeats them. */
  long distinct() {
    long[] strides = strides();
    return IntStream.range(0, strides.length)
        .filter(i -> strides[i] != 0)
        .mapToLong(i -> sides()[i])
        .reduce(1, (a, b) -> a * b);
  }

  private long[] strides() {
    return IntStream.range(0, rank()).mapToLong(handle::stride).toArray();
  }

  /** The same values lying in memory as another tensor's do; itself where they lie so already. */
  Tensor likeIn(Tensor other) {
    return Arrays.equals(strides(), other.strides())
        ? this
        : op("likeIn", () -> torch.empty_like(other.handle).copy_(handle), this, other);
  }

  /** Puts a gradient in the place of what {@link #backward} has left here. */
  public void grad(Tensor gradient) {
    handle.mutable_grad().put(gradient.handle);
  }

  /**
   * The gradients of this single value, kept apart from those that {@link #backward} adds up.
   *
   * @param leaves what to take them by
   * @param again true if more gradients are going to be taken through the same operations
   * @return one for each leaf, in order; empty for a leaf that this value does not depend on
   */
  public List<Optional<Tensor>> gradients(List<Tensor> leaves, boolean again) {
    Scope.requireOpen();
    try {
      TensorVector found =
          torch.grad(
              vector(List.of(this)),
              vector(leaves),
              new TensorVector(),
              new BoolOptional(again),
              false,
              true);
      List<Optional<Tensor>> gradients = new ArrayList<>();
      for (int i = 0; i < leaves.size(); i++) {
        org.bytedeco.pytorch.Tensor gradient = new org.bytedeco.pytorch.Tensor(found.get(i));
        gradients.add(gradient.defined() ? Optional.of(new Tensor(gradient)) : Optional.empty());
      }
      return gradients;
    } catch (RuntimeException e) {
      throw failure("gradients", e, this);
    }
  }

  /** Forgets the gradient: not zero but absent, so that an optimiser leaves this leaf alone. */
  public void clearGrad() {
    handle.mutable_grad().reset();
  }

  // --- in place ---------------------------------------------------------------------------------

  /** Overwrites the values with those of a tensor of the same shape; converts type and device. */
  public Tensor assignInPlace(Tensor values) {
    if (!Arrays.equals(sides(), values.sides())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "cannot assign values of shape %s to a tensor of shape %s",
              values.text(),
              text()));
    }
    Recording.requireKnown(this, "writing over a part");
    Recording.requireKnown(values, "writing");
    try (Scope scope = Scope.inference()) {
      handle.copy_(values.handle);
    }
    return this;
  }

  /** Moves the values to a device; views made before stay where they were. */
  public Tensor moveInPlace(Device device) {
    try (Scope scope = Scope.inference()) {
      handle.set_data(to(device).handle);
    }
    return this;
  }

  /**
   * Keeps only some slices of a dimension. Gradients are forgotten, views made before stay what
   * they were, and nothing may be recorded that {@link #backward} has still to go through.
   *
   * @param positions of the slices, in the order they will have
   */
  public Tensor keepInPlace(int dimension, long... positions) {
    try (Scope scope = Scope.inference()) {
      return become(indexSelect(dimension, of(positions, positions.length).to(device())));
    }
  }

  /**
   * Takes the memory of another tensor and frees its own, if both have the same shape, type, device
   * and values. What is written into one of them then shows in the other; the memory lives as long
   * as either.
   *
   * @return true if they share memory afterwards
   */
  public boolean shareInPlace(Tensor other) {
    boolean alike =
        dtype() == other.dtype()
            && device().equals(other.device())
            && Arrays.equals(sides(), other.sides())
            && handle.equal(other.handle);
    if (alike) {
      handle.set_data(other.handle);
    }
    return alike;
  }

  /**
   * True if both begin at the same place in memory, so that one shows what is written to the other.
   */
  public boolean sharesMemory(Tensor other) {
    return handle.data_ptr().equals(other.handle.data_ptr());
  }

  /** Becomes zeros of another shape, with the same consequences. */
  public Tensor zeroInPlace(long... newShape) {
    try (Scope scope = Scope.inference()) {
      return become(zeros(dtype(), newShape).to(device()));
    }
  }

  private Tensor become(Tensor values) {
    clearGrad();
    handle.set_data(values.handle);
    shape = values.sides();
    return this;
  }

  /** Multiplies by a number. */
  public Tensor timesInPlace(double factor) {
    Recording.requireKnown(this, "changing in place");
    handle.mul_(new Scalar(factor));
    return this;
  }

  /** Moves towards the target by a share of the difference. */
  public Tensor lerpInPlace(Tensor target, double share) {
    Recording.requireKnown(this, "changing in place");
    handle.lerp_(target.handle, new Scalar(share));
    return this;
  }

  /** Adds a number. */
  public Tensor plusInPlace(double value) {
    Recording.requireKnown(this, "changing in place");
    handle.add_(new Scalar(value));
    return this;
  }

  /** Adds one to a counter. */
  public Tensor incrementInPlace() {
    handle.add_(new Scalar(1L));
    return this;
  }

  @Override
  public String toString() {
    return "Tensor" + text() + " " + dtype();
  }
}
