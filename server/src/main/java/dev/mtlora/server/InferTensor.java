package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that a client has sent, as many values as its shape says.
 *
 * @param numbers of FP32 and UINT8
 * @param items of BYTES
 */
record InferTensor(String name, DataType type, int[] shape, float[] numbers, List<byte[]> items) {
  private static final int MOST_SIDES = 8;

  /** What is read of one before all of it is known. */
  static final class Draft {
    private String name = "";
    private String type = "";
    private List<Long> shape = List.of();
    private boolean shaped;
    private InferRequest.Parameters parameters = InferRequest.Parameters.NONE;
    private float @Nullable [] numbers;
    private @Nullable List<String> texts;
    private @Nullable List<byte[]> items;

    void name(String text) {
      name = text;
    }

    void type(String text) {
      type = text;
    }

    void shape(List<Long> sides) {
      shape = sides;
      shaped = true;
    }

    void parameters(InferRequest.Parameters own) {
      parameters = own;
    }

    void data(float[] all, List<String> strings) {
      if (all.length > 0 && !strings.isEmpty()) {
        throw Refusal.bad("the data of '%s' has both numbers and texts", Call.brief(name));
      }
      numbers = all;
      texts = strings;
    }

    /** Its data as bytes, each item as it is. */
    void items(List<byte[]> all) {
      numbers = new float[0];
      items = all;
    }

    /** How many of its bytes lie behind the JSON. */
    Optional<Integer> binarySize() {
      return parameters.binarySize().isPresent()
          ? Optional.of(parameters.binarySize().getAsInt())
          : Optional.empty();
    }

    /**
     * The tensor.
     *
     * @param binary what lies behind the JSON of it, if it says so
     */
    InferTensor whole(Optional<ByteBuffer> binary) {
      String shown = Call.brief(name);
      DataType known = known(shown);
      int[] sides = new int[shape.size()];
      long count = count(shown, sides);
      if (binary.isPresent() == (numbers != null)) {
        throw Refusal.bad(
            "the input '%s' must have either data or the parameter binary_data_size", shown);
      }
      if (known == DataType.BYTES) {
        List<byte[]> all = items;
        if (all == null) {
          all = binary.isPresent() ? items(shown, binary.get()) : decoded(shown, texts);
        }
        requireCount(shown, count, all.size());
        return new InferTensor(name, known, sides, new float[0], all);
      }
      float[] values =
          binary.isPresent() ? values(shown, known, count, binary.get()) : whole(shown, known);
      requireCount(shown, count, values.length);
      return new InferTensor(name, known, sides, values, List.of());
    }

    private DataType known(String shown) {
      for (DataType each : List.of(DataType.FP32, DataType.UINT8, DataType.BYTES)) {
        if (each.name().equals(type)) {
          return each;
        }
      }
      throw Refusal.bad(
          "the datatype of '%s' is '%s', and inputs are FP32, UINT8 or BYTES",
          shown, Call.brief(type));
    }

    private long count(String shown, int[] sides) {
      if (!shaped || sides.length > MOST_SIDES) {
        throw Refusal.bad(
            "the input '%s' must have a shape of at most %d numbers", shown, MOST_SIDES);
      }
      long count = 1;
      for (int i = 0; i < sides.length; i++) {
        long side = shape.get(i);
        if (side < 1 || side > Integer.MAX_VALUE || count > Integer.MAX_VALUE / side) {
          throw Refusal.bad(
              "the shape of '%s' is %s: its sides must be 1 or more, and their product below 2^31",
              shown, shape);
        }
        sides[i] = (int) side;
        count *= side;
      }
      return count;
    }

    private void requireCount(String shown, long count, long there) {
      if (count != there) {
        throw Refusal.bad(
            "the shape of '%s' is %s, which is %,d values, but it has %,d",
            shown, shape, count, there);
      }
    }

    private float[] whole(String shown, DataType known) {
      float[] all = numbers == null ? new float[0] : numbers;
      if (texts != null && !texts.isEmpty()) {
        throw Refusal.bad("the data of '%s' has texts, but its datatype is %s", shown, known);
      }
      if (known == DataType.UINT8) {
        for (float value : all) {
          if (value < 0 || value > 255 || value != (int) value) {
            throw Refusal.bad(
                "the data of '%s' has %s, and UINT8 are whole numbers from 0 to 255",
                shown, Float.toString(value));
          }
        }
      }
      return all;
    }

    private static float[] values(String shown, DataType known, long count, ByteBuffer bytes) {
      if (bytes.remaining() != count * known.size()) {
        throw Refusal.bad(
            "the binary data of '%s' has %,d bytes, but %,d values of %s have %,d",
            shown, bytes.remaining(), count, known, count * known.size());
      }
      float[] values = new float[(int) count];
      if (known == DataType.FP32) {
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      } else {
        for (int i = 0; i < values.length; i++) {
          values[i] = bytes.get() & 0xff;
        }
      }
      return values;
    }

    private static List<byte[]> items(String shown, ByteBuffer bytes) {
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      List<byte[]> items = new ArrayList<>();
      while (bytes.hasRemaining()) {
        int length = bytes.remaining() < 4 ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
          throw Refusal.bad(
              "the binary data of '%s' must be texts of bytes, each behind its length in 4 bytes,"
                  + " but one is longer than what is left",
              shown);
        }
        byte[] item = new byte[length];
        bytes.get(item);
        items.add(item);
      }
      return items;
    }

    private List<byte[]> decoded(String shown, @Nullable List<String> strings) {
      if (numbers != null && numbers.length > 0) {
        throw Refusal.bad("the data of '%s' has numbers, but its datatype is BYTES", shown);
      }
      List<byte[]> items = new ArrayList<>();
      for (String text : strings == null ? List.<String>of() : strings) {
        try {
          items.add(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
          throw Refusal.bad("the data of '%s' must be in Base64, and is not", shown);
        }
      }
      return items;
    }
  }

  /**
   * Fails if the tensor is of another type or shape.
   *
   * @param sides that are wanted, -1 for any
   */
  void require(DataType wanted, int... sides) {
    boolean fits = type == wanted && shape.length == sides.length;
    for (int i = 0; fits && i < sides.length; i++) {
      fits = sides[i] < 0 || sides[i] == shape[i];
    }
    if (!fits) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "the input '%s' is %s %s, but must be %s %s%s",
          name,
          type,
          Arrays.toString(shape),
          wanted,
          Arrays.toString(sides),
          Arrays.stream(sides).anyMatch(side -> side < 0)
              ? String.format(Locale.ROOT, ", -1 standing for any number")
              : "");
    }
  }
}
