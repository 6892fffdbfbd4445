import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.Normalize;
import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.Pipeline;
import java.nio.file.Path;

/** MODEL PICTURE: a traced model that gives logits [N, 16, h, w] and metres [N, 1, h, w]. */
public final class DjlPredict {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private static NDArray resized(NDArray map, Image image) {
    NDArray last = map.squeeze(0).transpose(1, 2, 0); // resize wants channels last
    return NDImageUtils.resize(
        last, image.getWidth(), image.getHeight(), Image.Interpolation.BILINEAR);
  }

  public static void main(String[] arguments) throws Exception {
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
        NDManager memory = model.getNDManager().newSubManager()) {
      Image image = ImageFactory.getInstance().fromFile(Path.of(arguments[1]));
      NDArray input = pipeline.transform(new NDList(image.toNDArray(memory))).get(0);
      NDList seen = predictor.predict(new NDList(input.expandDims(0)));
      long[] classes = resized(seen.get(0), image).argMax(2).toLongArray();
      float[] metres = resized(seen.get(1), image).toFloatArray();
      System.out.printf("class %d, %.2f m%n", classes[0], metres[0]);
    }
  }
}
