import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.repository.zoo.Criteria;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Path;
import java.util.List;

/** BACKBONE FOLDER: two heads on a frozen backbone (traced, [N, 768, 7, 7]), two steps, kept. */
public final class DjlTrain {
  private static Block head(int outputs) {
    return Conv2d.builder().setFilters(outputs).setKernelShape(new Shape(1, 1)).build();
  }

  public static void main(String[] arguments) throws Exception {
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optEngine("PyTorch")
            .optModelPath(Path.of(arguments[0]))
            .optOption("trainParam", "true")
            .build();
    try (Model backbone = criteria.loadModel();
        Model model = Model.newInstance("tasks", "PyTorch");
        NDManager memory = NDManager.newBaseManager("PyTorch")) {
      backbone.getBlock().freezeParameters(true);
      ParallelBlock heads =
          new ParallelBlock(
              seen -> new NDList(seen.get(0).head(), seen.get(1).head()),
              List.of(head(16), head(1)));
      model.setBlock(new SequentialBlock().add(backbone.getBlock()).add(heads));
      NDArray classes = memory.randomInteger(0, 16, new Shape(8, 7, 7), DataType.INT64);
      ArrayDataset data =
          new ArrayDataset.Builder()
              .setData(memory.randomUniform(0, 1, new Shape(8, 3, 224, 224)))
              .optLabels(
                  classes.oneHot(16).transpose(0, 3, 1, 2),
                  memory.randomUniform(0, 10, new Shape(8, 1, 7, 7)))
              .setSampling(4, true)
              .build();
      SimpleCompositeLoss loss =
          new SimpleCompositeLoss()
              .addLoss(new IndexLoss(new SoftmaxCrossEntropyLoss("semseg", 1, 1, false, true), 0))
              .addLoss(new IndexLoss(Loss.l1Loss("depth"), 1));
      Optimizer optimizer = Optimizer.adamW().optLearningRateTracker(Tracker.fixed(1e-3f)).build();
      try (Trainer trainer =
          model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer))) {
        trainer.initialize(new Shape(4, 3, 224, 224));
        EasyTrain.fit(trainer, 1, data, null);
      }
      model.save(Path.of(arguments[1]), "tasks");
    }
  }
}
