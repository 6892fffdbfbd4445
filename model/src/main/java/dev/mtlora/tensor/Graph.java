package dev.mtlora.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A computation as a list: what a {@link Recording} has heard, and what other engines are told.
 *
 * @param inputs what it is given, by name
 * @param constants what it knows
 * @param steps what it does, in order
 * @param outputs what it gives, by name
 */
public record Graph(
    Map<String, Value> inputs,
    List<Constant> constants,
    List<Step> steps,
    Map<String, Value> outputs) {

  /** Keeps copies. */
  public Graph {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    constants = List.copyOf(constants);
    steps = List.copyOf(steps);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /**
   * A number that is fixed, or grows with the number of pictures.
   *
   * @param number itself, or what there is of it for one picture
   * @param perPicture true if it is multiplied by the number of pictures
   */
  public record Side(long number, boolean perPicture) {
    /** A fixed one. */
    public static Side of(long number) {
      return new Side(number, false);
    }

    /** What it is for so many pictures. */
    public long at(long pictures) {
      return perPicture ? Math.multiplyExact(number, pictures) : number;
    }

    @Override
    public String toString() {
      return perPicture ? number + "B" : Long.toString(number);
    }
  }

  /**
   * A tensor of the computation.
   *
   * @param id of no other
   * @param dtype of its elements
   * @param shape of it
   */
  public record Value(int id, DType dtype, List<Side> shape) {
    /** Keeps a copy. */
    public Value {
      shape = List.copyOf(shape);
    }

    /** Number of dimensions. */
    public int rank() {
      return shape.size();
    }

    /**
     * One side; negative dimensions count from the end.
     *
     * @throws RecordingException if it grows with the number of pictures
     */
    public long fixed(int dimension) {
      Side side = shape.get(dimension < 0 ? dimension + rank() : dimension);
      if (side.perPicture()) {
        throw new RecordingException("a side of " + shape + " grows with the pictures");
      }
      return side.number();
    }

    /** True if a side grows with the number of pictures. */
    public boolean grows() {
      return shape.stream().anyMatch(Side::perPicture);
    }
  }

  /**
   * What does not depend on the input.
   *
   * @param value the tensor
   * @param name of a parameter; of others made up
   * @param bytes little-endian, row-major; not to be changed
   */
  public record Constant(Value value, String name, ByteBuffer bytes) {}

  /**
   * One operation.
   *
   * @param op its name: that of the method of {@link Tensor} or {@link Functional}
   * @param whole the dimensions, sides and steps that it takes
   * @param real the other numbers that it takes
   * @param operands the tensors, in the method's order
   * @param result what it makes
   */
  public record Step(
      String op, List<Side> whole, List<Double> real, List<Value> operands, Value result) {
    /** Keeps copies. */
    public Step {
      whole = List.copyOf(whole);
      real = List.copyOf(real);
      operands = List.copyOf(operands);
    }

    /** A whole number that does not grow. */
    public long fixed(int index) {
      return whole.get(index).number();
    }

    private record Key(String op, List<Side> whole, List<Double> real, List<Integer> operands) {}

    private Step of(Map<Integer, Value> instead) {
      return new Step(
          op,
          whole,
          real,
          operands.stream().map(v -> instead.getOrDefault(v.id(), v)).toList(),
          result);
    }

    private Key key() {
      return new Key(op, whole, real, operands.stream().map(Value::id).toList());
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s%s%s of %s",
          op,
          whole,
          real.isEmpty() ? "" : real,
          operands.stream().map(v -> v.shape().toString()).collect(Collectors.joining(", ")));
    }
  }

  /**
   * The computation for any number of pictures, of what was recorded for two and for three.
   *
   * @throws RecordingException naming the operation that does not grow with the pictures
   */
  public static Graph anyBatch(Graph two, Graph three) {
    return AnyBatch.of(two, three);
  }

  /** The same without what is computed twice, and without what no output needs. */
  public Graph tidy() {
    Map<Step.Key, Value> done = new HashMap<>();
    Map<Integer, Value> instead = new HashMap<>();
    List<Step> once = new ArrayList<>();
    for (Step step : steps) {
      Step renamed = step.of(instead);
      Value before = done.putIfAbsent(renamed.key(), renamed.result());
      if (before == null) {
        once.add(renamed);
      } else {
        instead.put(step.result().id(), before);
      }
    }
    Map<String, Value> given = new LinkedHashMap<>();
    outputs.forEach((name, value) -> given.put(name, instead.getOrDefault(value.id(), value)));
    Set<Integer> needed = new HashSet<>();
    given.values().forEach(value -> needed.add(value.id()));
    List<Step> last = new ArrayList<>();
    for (int i = once.size() - 1; i >= 0; i--) {
      Step step = once.get(i);
      if (needed.contains(step.result().id())) {
        last.add(step);
        step.operands().forEach(operand -> needed.add(operand.id()));
      }
    }
    Collections.reverse(last);
    return new Graph(
        inputs,
        constants.stream().filter(c -> needed.contains(c.value().id())).toList(),
        last,
        given);
  }
}
