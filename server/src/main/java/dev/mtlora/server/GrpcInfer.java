package dev.mtlora.server;

import dev.mtlora.server.InferRequest.Output;
import dev.mtlora.server.InferRequest.Parameters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a call of {@code ModelInfer} asks for. The numbers are those of fields in {@code
 * inference.proto}.
 *
 * @param version of the model; empty for any
 * @param raw true if tensors come, and so go, as bytes
 */
record GrpcInfer(String model, String version, InferRequest request, boolean raw) {
  private static final int MOST_ITEMS = 1024;

  /** Reads a message. */
  static GrpcInfer read(ByteBuffer message) {
    ProtoReader in = new ProtoReader(message);
    String model = "";
    String version = "";
    String id = "";
    Drawn drawn = new Drawn();
    List<Input> inputs = new ArrayList<>();
    List<Output> outputs = new ArrayList<>();
    List<ByteBuffer> raw = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> model = in.text();
        case 2 -> version = in.text();
        case 3 -> id = in.text();
        case 4 -> drawn.read(in.message());
        case 5 -> {
          InferReader.requireFew(inputs.size(), "inputs");
          inputs.add(Input.read(in.message()));
        }
        case 6 -> {
          InferReader.requireFew(outputs.size(), "outputs");
          outputs.add(output(in.message()));
        }
        case 7 -> {
          InferReader.requireFew(raw.size(), "raw_input_contents");
          raw.add(in.slice());
        }
        default -> in.skip();
      }
    }
    InferRequest request =
        new InferRequest(
            Optional.of(id).filter(text -> !text.isEmpty()),
            drawn.all(),
            tensors(inputs, raw),
            outputs);
    return new GrpcInfer(model, version, request, !raw.isEmpty());
  }

  private static List<InferTensor> tensors(List<Input> inputs, List<ByteBuffer> raw) {
    if (!raw.isEmpty() && raw.size() != inputs.size()) {
      throw Refusal.bad(
          "raw_input_contents must hold the bytes of each input: %d, but there are %d",
          inputs.size(), raw.size());
    }
    List<InferTensor> tensors = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.add(inputs.get(i).whole(raw.isEmpty() ? Optional.empty() : Optional.of(raw.get(i))));
    }
    return tensors;
  }

  private static Output output(ProtoReader in) {
    String name = "";
    while (in.next()) {
      if (in.field() == 1) {
        name = in.text();
      } else {
        in.skip();
      }
    }
    return new Output(name, Parameters.NONE);
  }

  /** An input as it is read. */
  private static final class Input {
    private final InferTensor.Draft draft = new InferTensor.Draft();
    private final FloatList numbers = new FloatList();
    private final List<byte[]> items = new ArrayList<>();
    private String name = "";
    private String type = "";
    private int form; // field of its contents; 0 for none

    static Input read(ProtoReader in) {
      Input input = new Input();
      List<Long> shape = new ArrayList<>();
      while (in.next()) {
        switch (in.field()) {
          case 1 -> input.name = in.text();
          case 2 -> input.type = in.text();
          case 3 ->
              in.numbers(
                  side -> {
                    InferReader.requireFew(shape.size(), "sides in a shape");
                    shape.add(side);
                  });
          case 5 -> input.contents(in.message());
          default -> in.skip();
        }
      }
      input.draft.name(input.name);
      input.draft.type(input.type);
      input.draft.shape(shape);
      return input;
    }

    private void contents(ProtoReader in) {
      while (in.next()) {
        if (form != 0 && form != in.field()) {
          throw Refusal.bad("the contents of '%s' are of several types", Call.brief(name));
        }
        form = in.field();
        switch (form) {
          case 4 -> in.counts(numbers);
          case 6 -> in.floats(numbers);
          case 8 -> {
            if (items.size() == MOST_ITEMS) {
              throw Refusal.bad("bytes_contents has more than %,d items", MOST_ITEMS);
            }
            items.add(in.bytes());
          }
          default -> in.skip();
        }
      }
    }

    InferTensor whole(Optional<ByteBuffer> raw) {
      if (raw.isPresent() == (form != 0)) {
        throw Refusal.bad(
            "the input '%s' must have either contents or raw_input_contents", Call.brief(name));
      }
      if (raw.isEmpty() && form != wanted()) {
        throw Refusal.bad(
            "the contents of '%s' are of another type than '%s': FP32 comes in fp32_contents, UINT8 in"
                + " uint_contents, BYTES in bytes_contents",
            Call.brief(name), Call.brief(type));
      }
      if (form == 8) {
        draft.items(items);
      } else if (form != 0) {
        draft.data(numbers.all(), List.of());
      }
      return draft.whole(raw);
    }

    /** The field that a type's contents come in; that which they do come in, of unknown types. */
    private int wanted() {
      return switch (type) {
        case "UINT8" -> 4;
        case "FP32" -> 6;
        case "BYTES" -> 8;
        default -> form;
      };
    }
  }

  /** The parameters of a request as they are read. */
  private static final class Drawn {
    private Optional<String> outputs = Optional.empty();
    private Optional<String> at = Optional.empty();
    private OptionalInt timeout = OptionalInt.empty();

    /** One more, a name and a value. */
    void read(ProtoReader entry) {
      String name = "";
      Optional<String> text = Optional.empty();
      OptionalLong count = OptionalLong.empty();
      while (entry.next()) {
        if (entry.field() == 1) {
          name = entry.text();
        } else if (entry.field() == 2) {
          ProtoReader value = entry.message();
          while (value.next()) {
            switch (value.field()) {
              case 2, 5 -> count = OptionalLong.of(value.number());
              case 3 -> text = Optional.of(value.text());
              default -> value.skip();
            }
          }
        } else {
          entry.skip();
        }
      }
      switch (name) {
        case "outputs" -> outputs = Optional.of(require(name, text));
        case "at" -> at = Optional.of(require(name, text));
        case "timeout" -> {
          long micros =
              count.orElseThrow(() -> Refusal.bad("the parameter timeout must be an int64_param"));
          if (micros < 0 || micros > Integer.MAX_VALUE) {
            throw Refusal.bad("timeout must be 0 to 2^31 - 1 but is %d", micros);
          }
          timeout = OptionalInt.of((int) micros);
        }
        default -> {} // of other servers
      }
    }

    private static String require(String name, Optional<String> text) {
      return text.orElseThrow(() -> Refusal.bad("the parameter %s must be a string_param", name));
    }

    Parameters all() {
      return new Parameters(
          Optional.empty(), OptionalInt.empty(), Optional.empty(), outputs, at, timeout);
    }
  }

  /** The message that answers with outputs, in the form that the inputs came in. */
  ProtoWriter answer(List<InferOutput> all) {
    ProtoWriter out = new ProtoWriter().text(1, model).text(2, "1");
    request.id().ifPresent(text -> out.text(3, text));
    for (InferOutput output : all) {
      ProtoWriter tensor =
          new ProtoWriter()
              .text(1, output.name())
              .text(2, output.type().name())
              .sides(3, output.shape());
      if (!raw) {
        ProtoWriter contents = new ProtoWriter();
        tensor.message(
            5,
            output.type() == DataType.INT64
                ? contents.wholes(3, output.values())
                : contents.floats(6, output.values()));
      }
      out.message(5, tensor);
    }
    if (raw) {
      all.forEach(output -> out.bytes(6, output.bytes()));
    }
    return out;
  }
}
