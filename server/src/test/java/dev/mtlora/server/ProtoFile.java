package dev.mtlora.server;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;

/** Messages of the file that clients are made of, as the library of Protocol Buffers reads it. */
final class ProtoFile {
  private static final FileDescriptor FILE = read();

  private ProtoFile() {}

  static Descriptor type(String name) {
    return Objects.requireNonNull(FILE.findMessageTypeByName(name), name);
  }

  /** A message in the text form. */
  static DynamicMessage message(String type, String text) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type(type));
    try {
      TextFormat.merge(text, message);
    } catch (TextFormat.ParseException e) {
      throw new IllegalArgumentException(text, e);
    }
    return message.build();
  }

  private static FileDescriptor read() {
    try (InputStream in = ProtoFile.class.getResourceAsStream("inference.proto")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Deque<String> tokens =
          new ArrayDeque<>(
              Arrays.asList(
                  text.replaceAll("//[^\n]*", "")
                      .replaceAll("([{}=;<>,()])", " $1 ")
                      .strip()
                      .split("\\s+")));
      FileDescriptorProto.Builder file =
          FileDescriptorProto.newBuilder().setSyntax("proto3").setPackage("inference");
      while (!tokens.isEmpty()) {
        switch (tokens.remove()) {
          case "message" -> file.addMessageType(message(tokens, tokens.remove()));
          case "service" -> skipBlock(tokens);
          default -> skipTo(tokens, ";");
        }
      }
      return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void skipTo(Deque<String> tokens, String end) {
    while (!tokens.remove().equals(end)) {}
  }

  private static void skipBlock(Deque<String> tokens) {
    skipTo(tokens, "{");
    for (int depth = 1; depth > 0; ) {
      String token = tokens.remove();
      depth += token.equals("{") ? 1 : token.equals("}") ? -1 : 0;
    }
  }

  private static DescriptorProto message(Deque<String> tokens, String name) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    skipTo(tokens, "{");
    while (!tokens.peek().equals("}")) {
      String token = tokens.remove();
      switch (token) {
        case "message" -> message.addNestedType(message(tokens, tokens.remove()));
        case "oneof" -> {
          message.addOneofDeclBuilder().setName(tokens.remove());
          tokens.remove();
          while (!tokens.peek().equals("}")) {
            message.addField(field(tokens, tokens.remove()).setOneofIndex(0));
          }
          tokens.remove();
        }
        case "map" -> map(tokens, message);
        case "repeated" ->
            message.addField(field(tokens, tokens.remove()).setLabel(Label.LABEL_REPEATED));
        default -> message.addField(field(tokens, token));
      }
    }
    tokens.remove();
    return message.build();
  }

  private static FieldDescriptorProto.Builder field(Deque<String> tokens, String type) {
    FieldDescriptorProto.Builder field = typed(type).setName(tokens.remove());
    tokens.remove();
    field.setNumber(Integer.parseInt(tokens.remove()));
    tokens.remove();
    return field;
  }

  private static FieldDescriptorProto.Builder typed(String type) {
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder().setLabel(Label.LABEL_OPTIONAL);
    return Character.isUpperCase(type.charAt(0))
        ? field.setTypeName(type)
        : field.setType(Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
  }

  /** A field with names and values is one with messages of both. */
  private static void map(Deque<String> tokens, DescriptorProto.Builder message) {
    tokens.remove();
    tokens.remove();
    tokens.remove();
    String value = tokens.remove();
    tokens.remove();
    FieldDescriptorProto.Builder field = field(tokens, "ParametersEntry");
    message.addField(field.setLabel(Label.LABEL_REPEATED));
    DescriptorProto.Builder entry = message.addNestedTypeBuilder().setName("ParametersEntry");
    entry.addField(typed("string").setName("key").setNumber(1));
    entry.addField(typed(value).setName("value").setNumber(2));
    entry.getOptionsBuilder().setMapEntry(true);
  }
}
