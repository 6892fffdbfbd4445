import dev.mtlora.TrainedModel;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** RUN FOLDER OUT: the class map of every picture, eight pictures at once. */
public final class OursFolder {
  public static void main(String[] arguments) throws IOException {
    Path out = Files.createDirectories(Path.of(arguments[2]));
    try (TrainedModel model = TrainedModel.open(Path.of(arguments[0]));
        Stream<Path> files = Files.list(Path.of(arguments[1]))) {
      List<Path> all = files.sorted().toList();
      for (int i = 0; i < all.size(); i += 8) {
        List<Path> some = all.subList(i, Math.min(i + 8, all.size()));
        List<Picture> pictures = some.stream().map(Picture::of).toList();
        List<Prediction> seen = model.predict(pictures, PredictOptions.USUAL.tasks("semseg"));
        for (int k = 0; k < some.size(); k++) {
          String name = some.get(k).getFileName() + ".png";
          Files.write(out.resolve(name), seen.get(k).of("semseg").png16());
        }
      }
    }
  }
}
