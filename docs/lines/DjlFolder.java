import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.Normalize;
import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.Pipeline;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** MODEL FOLDER OUT: the class map of every picture, eight pictures at once. */
public final class DjlFolder {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private static BufferedImage classes(NDArray logits, Image image) {
    int width = image.getWidth();
    int height = image.getHeight();
    NDArray last = logits.transpose(1, 2, 0); // resize wants channels last
    NDArray map = NDImageUtils.resize(last, width, height, Image.Interpolation.BILINEAR).argMax(2);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    int[] classes = map.toType(DataType.INT32, false).toIntArray();
    picture.getRaster().setPixels(0, 0, width, height, classes);
    return picture;
  }

  public static void main(String[] arguments) throws Exception {
    Path out = Files.createDirectories(Path.of(arguments[2]));
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optEngine("PyTorch")
            .optModelPath(Path.of(arguments[0]))
            .optTranslator(new NoopTranslator())
            .build();
    Pipeline pipeline =
        new Pipeline(new Resize(224, 224), new ToTensor(), new Normalize(MEAN, DEVIATION));
    try (ZooModel<NDList, NDList> model = criteria.loadModel();
        Predictor<NDList, NDList> predictor = model.newPredictor();
        Stream<Path> files = Files.list(Path.of(arguments[1]))) {
      List<Path> all = files.sorted().toList();
      for (int i = 0; i < all.size(); i += 8) {
        List<Path> some = all.subList(i, Math.min(i + 8, all.size()));
        try (NDManager memory = model.getNDManager().newSubManager()) {
          List<Image> images = new ArrayList<>();
          NDList inputs = new NDList();
          for (Path file : some) {
            Image image = ImageFactory.getInstance().fromFile(file);
            images.add(image);
            inputs.addAll(pipeline.transform(new NDList(image.toNDArray(memory))));
          }
          NDList seen = predictor.predict(new NDList(NDArrays.stack(inputs)));
          seen.attach(memory);
          for (int k = 0; k < some.size(); k++) {
            Path file = out.resolve(some.get(k).getFileName() + ".png");
            ImageIO.write(classes(seen.get(0).get(k), images.get(k)), "png", file.toFile());
          }
        }
      }
    }
  }
}
