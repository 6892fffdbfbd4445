import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import triton.client.InferInput;
import triton.client.InferRequestedOutput;
import triton.client.InferResult;
import triton.client.InferenceException;
import triton.client.InferenceServerClient;
import triton.client.InferenceServerClient.InferArguments;
import triton.client.pojo.DataType;
import triton.client.pojo.IOTensor;

/**
 * Asks a server with a client for Triton that nobody here wrote, and prints what that understood:
 * {@code HOST:PORT MODEL SIDE}. For Java's launcher of single files, with the client's jar.
 */
public final class TritonClientProgram {
  private static final int IMAGES = 2;

  private TritonClientProgram() {}

  public static void main(String[] arguments) throws Exception {
    int side = Integer.parseInt(arguments[2]);
    try (InferenceServerClient client = new InferenceServerClient(arguments[0], 10_000, 60_000)) {
      for (boolean binary : new boolean[] {true, false}) {
        infer(client, arguments[1], side, binary);
      }
      InferInput wrong = new InferInput("images", new long[] {1, 3, 5, 5}, DataType.FP32);
      wrong.setData(new float[75], true);
      refused(client, new InferArguments(arguments[1], wrong));
      refused(client, new InferArguments("nobody", images(side, true)));
      refused(client, new InferArguments(arguments[1], images(side, true)).setModelVersion("7"));
    }
  }

  /** What both sides know: values of a formula. */
  private static InferInput images(int side, boolean binary) {
    float[] values = new float[IMAGES * 3 * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 7919 % 1009 / 504.5f - 1;
    }
    InferInput images = new InferInput("images", new long[] {IMAGES, 3, side, side}, DataType.FP32);
    images.setData(values, binary);
    return images;
  }

  private static void infer(
      InferenceServerClient client, String model, int side, boolean binary) throws Exception {
    List<InferRequestedOutput> outputs = new ArrayList<>();
    for (String name : List.of("normals", "semseg", "depth")) {
      outputs.add(new InferRequestedOutput(name, binary));
    }
    InferResult result =
        client.infer(
            new InferArguments(model, List.of(images(side, binary)), outputs)
                .setModelVersion("1")
                .setRequestId("mine")
                .setTimeout(30_000_000));
    System.out.printf(
        "%s %s %s %b%n",
        result.getResponse().getModelName(),
        result.getResponse().getModelVersion(),
        result.getResponse().getId(),
        binary);
    for (IOTensor output : result.getResponse().getOutputs()) {
      String name = output.getName();
      System.out.print(name + " " + output.getDatatype() + " " + Arrays.toString(output.getShape()));
      if (output.getDatatype() == DataType.INT64) {
        long sum = Arrays.stream(result.getOutputAsLong(name)).sum();
        System.out.println(" " + sum);
      } else {
        double sum = 0;
        for (float value : result.getOutputAsFloat(name)) {
          sum += value;
        }
        System.out.println(" " + sum);
      }
    }
  }

  private static void refused(InferenceServerClient client, InferArguments arguments) {
    try {
      client.infer(arguments);
      System.out.println("answered");
    } catch (InferenceException e) {
      System.out.println("refused " + e.getMessage());
    }
  }
}
