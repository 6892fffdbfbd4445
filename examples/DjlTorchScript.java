import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** MODEL.pt IMAGES B H W: what DJL makes of normalised images, float32 [B, 3, H, W], little-endian. */
public final class DjlTorchScript {
  public static void main(String[] arguments) throws Exception {
    Path images = Path.of(arguments[1]);
    Shape shape = new Shape(number(arguments[2]), 3, number(arguments[3]), number(arguments[4]));
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(images)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optEngine("PyTorch")
            .optModelPath(Path.of(arguments[0]))
            .optTranslator(new NoopTranslator())
            .build();
    try (ZooModel<NDList, NDList> model = criteria.loadModel();
        Predictor<NDList, NDList> predictor = model.newPredictor();
        NDManager memory = model.getNDManager().newSubManager()) {
      NDList logits = predictor.predict(new NDList(memory.create(values, shape)));
      for (int i = 0; i < logits.size(); i++) { // in the order of the tasks
        float[] numbers = logits.get(i).toFloatArray();
        ByteBuffer bytes =
            ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        Files.write(images.resolveSibling("djl-" + i + ".f32"), bytes.array());
        System.out.println("output " + i + ": " + logits.get(i).getShape());
      }
    }
  }

  private static long number(String text) {
    return Long.parseLong(text);
  }
}
