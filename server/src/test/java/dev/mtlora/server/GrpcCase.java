package dev.mtlora.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A server that others' gRPC asks. */
abstract class GrpcCase extends ServerCase {
  ManagedChannel channel;

  @BeforeAll
  void connect() {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort().orElseThrow())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
  }

  @AfterAll
  void disconnect() {
    channel.shutdownNow();
  }

  @Override
  ServerOptions options() {
    return super.options().grpc(0);
  }

  private record Bytes(String type) implements Marshaller<DynamicMessage> {
    @Override
    public InputStream stream(DynamicMessage value) {
      return value.toByteString().newInput();
    }

    @Override
    public DynamicMessage parse(InputStream stream) {
      try {
        return DynamicMessage.parseFrom(ProtoFile.type(type), stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static MethodDescriptor<DynamicMessage, DynamicMessage> method(String name) {
    return MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
        .setType(MethodType.UNARY)
        .setFullMethodName("inference.GRPCInferenceService/" + name)
        .setRequestMarshaller(new Bytes(name + "Request"))
        .setResponseMarshaller(new Bytes(name + "Response"))
        .build();
  }

  DynamicMessage call(String method, String request) {
    return call(method, ProtoFile.message(method + "Request", request));
  }

  DynamicMessage call(String method, DynamicMessage request) {
    return call(channel, CallOptions.DEFAULT, method, request);
  }

  static DynamicMessage call(
      Channel through, CallOptions options, String method, DynamicMessage request) {
    return ClientCalls.blockingUnaryCall(through, method(method), options, request);
  }

  static Metadata header(String name, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return headers;
  }

  /** A request with one input and its bytes. */
  static DynamicMessage raw(String request, String input, byte[] data) {
    DynamicMessage.Builder message =
        ProtoFile.message("ModelInferRequest", request + " inputs { " + input + " }").toBuilder();
    return message
        .addRepeatedField(
            message.getDescriptorForType().findFieldByName("raw_input_contents"),
            ByteString.copyFrom(data))
        .build();
  }

  static Object get(Message message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  static List<?> list(Message message, String field) {
    return (List<?>) get(message, field);
  }

  /** A message within a list of them. */
  static Message at(Message message, String field, int index) {
    return (Message) list(message, field).get(index);
  }
}
