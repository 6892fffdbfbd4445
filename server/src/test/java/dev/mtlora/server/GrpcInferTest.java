package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import io.grpc.CallOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Inference over gRPC: the numbers of HTTP, in messages. */
class GrpcInferTest extends GrpcCase {
  private static final String LENGTH = "Inference-Header-Content-Length";

  private static byte[] levels(Raster raster) {
    byte[] levels = new byte[raster.values().length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) raster.values()[i];
    }
    return levels;
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** What HTTP answers to an input in bytes: all outputs in bytes, one after the other. */
  private byte[] overHttp(String parameters, String input, String outputs, byte[] data) {
    String head =
        String.format(
            Locale.ROOT,
            "{\"parameters\":{\"binary_data_output\":true%s},\"inputs\":[{%s,\"parameters\":"
                + "{\"binary_data_size\":%d}}]%s}",
            parameters,
            input,
            data.length,
            outputs);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    body.writeBytes(data);
    HttpResponse<byte[]> response =
        post("/v2/models/small/infer", body.toByteArray(), LENGTH, Integer.toString(head.length()));
    assertThat(response.statusCode()).as(() -> text(response)).isEqualTo(200);
    int length = Integer.parseInt(response.headers().firstValue(LENGTH).orElseThrow());
    return Arrays.copyOfRange(response.body(), length, response.body().length);
  }

  private static byte[] rawOutputs(Message answer) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object each : list(answer, "raw_output_contents")) {
      all.writeBytes(((ByteString) each).toByteArray());
    }
    return all.toByteArray();
  }

  @Test
  void rawPixels_giveTheBytesOfHttp() {
    byte[] data = levels(noise(40, 50, 3));
    DynamicMessage answer =
        call(
            "ModelInfer",
            raw(
                "model_name: 'small' id: 'a 1' outputs { name: 'depth' } outputs { name: 'semseg' }",
                "name: 'pixels' datatype: 'UINT8' shape: [1, 40, 50, 3]",
                data));
    assertThat(get(answer, "model_name")).isEqualTo("small");
    assertThat(get(answer, "model_version")).isEqualTo("1");
    assertThat(get(answer, "id")).isEqualTo("a 1");
    assertThat(get(at(answer, "outputs", 1), "datatype")).isEqualTo("INT64");
    assertThat(list(at(answer, "outputs", 1), "shape")).hasToString("[1, 40, 50]");
    assertThat(rawOutputs(answer))
        .isEqualTo(
            overHttp(
                "",
                "\"name\":\"pixels\",\"datatype\":\"UINT8\",\"shape\":[1,40,50,3]",
                ",\"outputs\":[{\"name\":\"depth\"},{\"name\":\"semseg\"}]",
                data));
  }

  @Test
  void rawImages_withParameters_giveTheBytesOfHttp() {
    byte[] data =
        littleEndian(
            Block.of(List.of(model.predictor().preprocessing().normalized(noise(SIDE, SIDE, 1))))
                .values());
    DynamicMessage answer =
        call(
            channel,
            CallOptions.DEFAULT.withCompression("gzip"),
            "ModelInfer",
            raw(
                "model_name: 'small' parameters { key: 'outputs' value { string_param: 'logits' } }"
                    + " parameters { key: 'other' value { double_param: 2 } }",
                "name: 'images' datatype: 'FP32' shape: [1, 3, 64, 64]",
                data));
    assertThat(list(answer, "outputs")).hasSize(4);
    assertThat(list(at(answer, "outputs", 0), "shape")).hasToString("[1, 4, 64, 64]");
    assertThat(rawOutputs(answer))
        .isEqualTo(
            overHttp(
                ",\"outputs\":\"logits\"",
                "\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[1,3,64,64]",
                "",
                data));
  }

  @Test
  void contents_giveContentsWithTheSameNumbers() {
    Raster picture = noise(20, 30, 2);
    String parameters = "parameters { key: 'at' value { string_param: 'model' } } ";
    String input = "name: 'pixels' datatype: 'UINT8' shape: [1, 20, 30, 3]";
    DynamicMessage answer =
        call(
            "ModelInfer",
            "model_name: 'small' "
                + parameters
                + "inputs { "
                + input
                + " contents { uint_contents: "
                + Arrays.toString(levels(picture)).replaceAll("-[0-9]+", "200")
                + "}}");
    byte[] data = levels(picture);
    for (int i = 0; i < data.length; i++) {
      data[i] = data[i] < 0 ? (byte) 200 : data[i];
    }
    DynamicMessage raw = call("ModelInfer", raw("model_name: 'small' " + parameters, input, data));
    assertThat(list(answer, "raw_output_contents")).isEmpty();
    assertThat(littleEndian(answer)).isEqualTo(rawOutputs(raw));
  }

  /** All numbers of contents, as bytes. */
  private static byte[] littleEndian(Message answer) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < list(answer, "outputs").size(); i++) {
      Message contents = (Message) get(at(answer, "outputs", i), "contents");
      List<Object> numbers = new ArrayList<>(list(contents, "fp32_contents"));
      numbers.addAll(list(contents, "int64_contents"));
      ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
      for (Object number : numbers) {
        if (number instanceof Float real) {
          bytes.putFloat(real);
        } else {
          bytes.putLong((Long) number);
        }
      }
      all.write(bytes.array(), 0, bytes.position());
    }
    return all.toByteArray();
  }

  @Test
  void encodedPictures_inContentsAndRaw_areTheSame() {
    byte[] png = png(33, 44, 5);
    DynamicMessage.Builder contents =
        ProtoFile.message("ModelInferRequest", "model_name: 'small'").toBuilder();
    DynamicMessage.Builder input =
        ProtoFile.message(
            "ModelInferRequest", "inputs { name: 'encoded' datatype: 'BYTES' shape: 1 }")
            .toBuilder();
    Message.Builder only = at(input.build(), "inputs", 0).toBuilder();
    Message.Builder bytes =
        only.newBuilderForField(only.getDescriptorForType().findFieldByName("contents"));
    bytes.addRepeatedField(
        bytes.getDescriptorForType().findFieldByName("bytes_contents"), ByteString.copyFrom(png));
    only.setField(only.getDescriptorForType().findFieldByName("contents"), bytes.build());
    contents.addRepeatedField(
        contents.getDescriptorForType().findFieldByName("inputs"), only.build());
    ByteBuffer data = ByteBuffer.allocate(4 + png.length).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(png.length).put(png);
    DynamicMessage raw =
        call(
            "ModelInfer",
            raw("model_name: 'small'", "name: 'encoded' datatype: 'BYTES' shape: 1", data.array()));
    assertThat(littleEndian(call("ModelInfer", contents.build()))).isEqualTo(rawOutputs(raw));
  }

  @Test
  void numbersOneByOne_andFieldsOfOthers_areRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream contents = CodedOutputStream.newInstance(bytes);
    for (int i = 0; i < 100; i++) {
      contents.writeFloat(6, i);
    }
    contents.flush();
    UnknownFieldSet.Builder input = UnknownFieldSet.newBuilder();
    input.mergeLengthDelimitedField(1, ByteString.copyFromUtf8("images"));
    input.mergeLengthDelimitedField(2, ByteString.copyFromUtf8("FP32"));
    input.mergeVarintField(3, 4);
    input.mergeVarintField(3, 25);
    input.mergeLengthDelimitedField(5, ByteString.copyFrom(bytes.toByteArray()));
    UnknownFieldSet.Builder request = UnknownFieldSet.newBuilder();
    request.mergeLengthDelimitedField(5, input.build().toByteString());
    request.mergeField(99, UnknownFieldSet.Field.newBuilder().addFixed32(1).addFixed64(2).build());
    GrpcInfer read = GrpcInfer.read(ByteBuffer.wrap(request.build().toByteArray()));
    InferTensor tensor = read.request().inputs().get(0);
    assertThat(tensor.shape()).containsExactly(4, 25);
    assertThat(tensor.numbers()).hasSize(100).startsWith(0, 1, 2).endsWith(99);
  }
}
