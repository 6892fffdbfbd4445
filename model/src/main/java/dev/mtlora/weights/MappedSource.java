package dev.mtlora.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The tensors of another source under other names, some of them joined or taken apart along their
 * first side; see {@link KeyMap}. Nothing is read before it is asked for.
 */
public final class MappedSource implements TensorSource {
  private final TensorSource source;
  private final Map<String, Recipe> recipes = new LinkedHashMap<>();
  private final Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> leftOut = new LinkedHashMap<>();
  private final List<String> strangers = new ArrayList<>();

  /**
   * What a tensor is made of.
   *
   * @param sources tensors, joined along their first side
   * @param part which of the equal parts of that is meant, from 0
   * @param parts how many parts there are
   */
  private record Recipe(List<String> sources, int part, int parts) {}

  MappedSource(TensorSource source) {
    this.source = source;
  }

  /** Adds a tensor under another name. */
  void rename(String name, String from) {
    add(name, new Recipe(List.of(from), 0, 1));
  }

  /** Adds several tensors joined along their first side. */
  void join(String name, List<String> from) {
    add(name, new Recipe(List.copyOf(from), 0, 1));
  }

  /** Adds one of the equal parts of a tensor along its first side. */
  void part(String name, String from, int part, int parts) {
    add(name, new Recipe(List.of(from), part, parts));
  }

  /** Notes that a tensor has no place under the new names, and why. */
  void leaveOut(String from, String reason) {
    leftOut.put(from, reason);
  }

  /** Adds a tensor of the model whose name is none of its family's; no model may take it. */
  void stranger(String name, String from) {
    rename(name, from);
    strangers.add(from);
  }

  private void add(String name, Recipe recipe) {
    Recipe other = recipes.putIfAbsent(name, recipe);
    if (other != null) {
      throw twice(name, other.sources().get(0), recipe.sources().get(0));
    }
    entries.put(name, entry(name, recipe));
  }

  /** The fault of two tensors that would get one name. */
  CheckpointException twice(String name, String one, String other) {
    return new CheckpointException(
        file(),
        name,
        String.format(
            Locale.ROOT, "would be made of '%s' and of '%s'; only one can be right", one, other));
  }

  private SafeTensors.Entry entry(String name, Recipe recipe) {
    List<SafeTensors.Entry> found =
        recipe.sources().stream().map(from -> source.entries().get(from)).toList();
    SafeTensors.Entry first = found.get(0);
    long[] shape = first.shape();
    if (found.size() == 1 && recipe.parts() == 1) {
      return first;
    }
    if (!found.stream().allMatch(entry -> joins(first, entry))) {
      throw new CheckpointException(
          file(),
          name,
          "would join "
              + found.stream().map(Object::toString).collect(Collectors.joining(" and "))
              + ", which have not the same type and sides");
    }
    if (shape.length == 0 || shape[0] % recipe.parts() != 0) {
      throw new CheckpointException(
          file(),
          name,
          String.format(
              Locale.ROOT,
              "cannot be made of a part of %s: its first side is no multiple of %d",
              first,
              recipe.parts()));
    }
    shape[0] = shape[0] * found.size() / recipe.parts();
    return first.with(shape, first.bytes() * found.size() / recipe.parts());
  }

  private static boolean joins(SafeTensors.Entry a, SafeTensors.Entry b) {
    return a.type().equals(b.type()) && Arrays.equals(a.shape(), b.shape());
  }

  @Override
  public String format() {
    return source.format();
  }

  @Override
  public Path file() {
    return source.file();
  }

  @Override
  public Map<String, SafeTensors.Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** Tensors without a place under the new names, by their old names, and the reason. */
  public Map<String, String> leftOut() {
    return Collections.unmodifiableMap(leftOut);
  }

  /** Tensors of the model whose names are none of its family's, by their old names. */
  List<String> strangers() {
    return Collections.unmodifiableList(strangers);
  }

  @Override
  public List<String> withoutTensors() {
    return source.withoutTensors();
  }

  @Override
  public List<String> arrays() {
    return source.arrays();
  }

  @Override
  public ByteBuffer bytes(String name) {
    Recipe recipe = recipes.get(name);
    if (recipe == null) {
      throw new CheckpointException(file(), name, "is not in the file");
    }
    if (recipe.sources().size() > 1) {
      return joined(name, recipe);
    }
    ByteBuffer all = source.bytes(recipe.sources().get(0));
    int size = all.remaining() / recipe.parts();
    return all.slice(all.position() + recipe.part() * size, size).order(all.order());
  }

  private ByteBuffer joined(String name, Recipe recipe) {
    long size = Objects.requireNonNull(entries.get(name)).bytes();
    if (size > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(file(), name, "is too large for one array");
    }
    ByteBuffer all = ByteBuffer.allocate((int) size).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    recipe.sources().forEach(from -> all.put(source.bytes(from)));
    return all.flip();
  }

  @Override
  public void close() {
    source.close();
  }
}
