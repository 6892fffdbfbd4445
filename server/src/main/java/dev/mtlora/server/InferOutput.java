package dev.mtlora.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mtlora.image.Block;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A tensor for a client.
 *
 * @param values row by row; whole numbers where the type is INT64
 */
record InferOutput(String name, DataType type, int[] shape, float[] values) {
  static DataType type(Task task) {
    return task.label() instanceof Label.Classes ? DataType.INT64 : DataType.FP32;
  }

  /** Logits, {@code [B, outputs, H, W]}. */
  static InferOutput logits(String task, Block logits) {
    int[] shape = {logits.count(), logits.channels(), logits.height(), logits.width()};
    return new InferOutput(task, DataType.FP32, shape, logits.values());
  }

  /** Predicted values, {@code [B, H, W]}, or {@code [B, C, H, W]} if C is not 1. */
  static InferOutput values(Task task, Block all) {
    int[] shape =
        all.channels() == 1
            ? new int[] {all.count(), all.height(), all.width()}
            : new int[] {all.count(), all.channels(), all.height(), all.width()};
    return new InferOutput(task.name(), type(task), shape, all.values());
  }

  /** The same of predictions of one size. */
  static InferOutput values(Task task, List<Prediction> predictions) {
    PredictedMap first = predictions.get(0).of(task.name());
    int length = first.numbers().length;
    float[] all = new float[Math.multiplyExact(predictions.size(), length)];
    for (int i = 0; i < predictions.size(); i++) {
      System.arraycopy(predictions.get(i).of(task.name()).numbers(), 0, all, i * length, length);
    }
    Block values = first.values();
    return values(
        task,
        new Block(predictions.size(), values.channels(), values.height(), values.width(), all));
  }

  /** The answer that holds some. */
  static Answer answer(String model, InferRequest request, List<InferOutput> outputs) {
    List<byte[]> binary = new ArrayList<>();
    byte[] json =
        Answer.bytes(
            out -> {
              out.writeStartObject();
              out.writeStringField("model_name", model);
              out.writeStringField("model_version", "1");
              if (request.id().isPresent()) {
                out.writeStringField("id", request.id().get());
              }
              out.writeArrayFieldStart("outputs");
              for (InferOutput output : outputs) {
                output.write(out, request.binary(output.name()), binary);
              }
              out.writeEndArray();
              out.writeEndObject();
            });
    if (binary.isEmpty()) {
      return Answer.of(Answer.JSON, json);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(json);
    binary.forEach(all::writeBytes);
    return new Answer(
        200,
        "application/octet-stream",
        all.toByteArray(),
        Map.of("Inference-Header-Content-Length", Integer.toString(json.length)));
  }

  private void write(JsonGenerator json, boolean inBinary, List<byte[]> binary) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", type.name());
    json.writeFieldName("shape");
    json.writeArray(shape, 0, shape.length);
    if (inBinary) {
      byte[] bytes = bytes();
      binary.add(bytes);
      json.writeObjectFieldStart("parameters");
      json.writeNumberField("binary_data_size", bytes.length);
      json.writeEndObject();
    } else {
      json.writeArrayFieldStart("data");
      for (float value : values) {
        if (type == DataType.INT64) {
          json.writeNumber((long) value);
        } else {
          json.writeNumber(value);
        }
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** Its numbers, the lowest byte first. */
  byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, type.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (type == DataType.INT64) {
        bytes.putLong((long) value);
      } else {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }
}
