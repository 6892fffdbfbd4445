package dev.mtlora.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What an operation is: its name and the numbers that it takes beside tensors, in the order of the
 * method that calls it. Every operation passes {@link Tensor#op} with one; messages and a {@link
 * Recording} read it.
 */
final class Op {
  private static final long[] NO_WHOLE = {};
  private static final double[] NO_REAL = {};

  private final String name;
  private final long[] whole;
  private final double[] real;

  private Op(String name, long[] whole, double[] real) {
    this.name = name;
    this.whole = whole;
    this.real = real;
  }

  /** One that takes no number. */
  static Op of(String name) {
    return new Op(name, NO_WHOLE, NO_REAL);
  }

  /** One that takes whole numbers: dimensions, sides, steps. */
  static Op of(String name, long... whole) {
    return new Op(name, whole, NO_REAL);
  }

  /** One that takes other numbers. */
  static Op real(String name, double... real) {
    return new Op(name, NO_WHOLE, real);
  }

  String name() {
    return name;
  }

  long[] whole() {
    return whole;
  }

  double[] real() {
    return real;
  }

  /** For messages. */
  @Override
  public String toString() {
    return whole.length + real.length == 0
        ? name
        : Stream.concat(
                LongStream.of(whole).mapToObj(Long::toString),
                DoubleStream.of(real).mapToObj(Double::toString))
            .collect(Collectors.joining(", ", name + "(", ")"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Op op
        && name.equals(op.name)
        && Arrays.equals(whole, op.whole)
        && Arrays.equals(real, op.real);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + 17 * Arrays.hashCode(whole) + Arrays.hashCode(real);
  }
}
