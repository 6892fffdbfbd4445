package dev.mtlora.weights;

import dev.mtlora.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The tensors of another source with their floating-point values in one type; F64 by way of F32.
 */
final class FloatsSource implements TensorSource {
  private final TensorSource source;
  private final DType floats;

  FloatsSource(TensorSource source, DType floats) {
    if (!floats.isFloat()) {
      throw new IllegalArgumentException("floats cannot be stored as " + floats);
    }
    this.source = source;
    this.floats = floats;
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
    Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
    source
        .entries()
        .forEach(
            (name, entry) ->
                entries.put(
                    name, entry.isFloat() ? new SafeTensors.Entry(floats, entry.shape()) : entry));
    return entries;
  }

  @Override
  public ByteBuffer bytes(String name) {
    ByteBuffer bytes = source.bytes(name);
    SafeTensors.Entry entry = source.entries().get(name);
    if (entry == null || !entry.isFloat() || entry.dtype() == floats) {
      return bytes;
    }
    float[] values = new float[bytes.remaining() / entry.dtype().bytes()];
    Values.floats(entry.dtype(), bytes, values, 0);
    if (floats == DType.F16) {
      requireRange(name, values);
    }
    return Values.bytes(floats, values);
  }

  private void requireRange(String name, float[] values) {
    for (float value : values) {
      if (Float.isFinite(value) && Float.isInfinite(Half.fromF16(Half.toF16(value)))) {
        throw new CheckpointException(
            file(),
            name,
            String.format(
                Locale.ROOT,
                "has the value %s, but float16 ends at 65504: keep its type, or take bf16",
                value));
      }
    }
  }

  @Override
  public List<String> withoutTensors() {
    return source.withoutTensors();
  }

  @Override
  public void close() {
    source.close();
  }
}
