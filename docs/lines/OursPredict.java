import dev.mtlora.TrainedModel;
import dev.mtlora.model.Prediction;
import java.nio.file.Path;

/** RUN PICTURE: all tasks of a picture, at the picture's size. */
public final class OursPredict {
  public static void main(String[] arguments) {
    try (TrainedModel model = TrainedModel.open(Path.of(arguments[0]))) {
      Prediction seen = model.predict(Path.of(arguments[1]));
      int[] classes = seen.of("semseg").classes();
      float[] metres = seen.of("depth").numbers();
      System.out.printf("class %d, %.2f m%n", classes[0], metres[0]);
    }
  }
}
