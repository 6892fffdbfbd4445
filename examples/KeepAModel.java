import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.peft.MtLora;
import dev.mtlora.run.Augmentation;
import dev.mtlora.run.Run;
import dev.mtlora.run.RunListener;
import dev.mtlora.run.RunSpec;
import dev.mtlora.run.ScenesSource;
import dev.mtlora.run.TrainSpec;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Semseg;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes a model without a line of YAML, trains it for one epoch, and keeps what it has learnt. */
public final class KeepAModel {
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]); // ./mtlora predict FOLDER picture.jpg opens it afterwards
    Network network =
        new Network(SwinSettings.preset("swin-micro", 64, 0))
            .from(new WeightsSource.Builtin("swin-micro"));
    ModelSpec model =
        new ModelSpec(network, MtLora.paper(8, 4), List.of(new Semseg(16, List.of()), new Depth()), false);
    ScenesSource scenes = new ScenesSource().with(8, 2);
    RunSpec run = new RunSpec(model, scenes, new Augmentation(), TrainSpec.of(1, 4, 1e-3), Map.of());
    Run.start(run, folder, RunListener.NONE);
    try (TrainedModel trained = TrainedModel.open(folder)) {
      System.out.println(folder + " predicts " + trained.spec().taskNames());
    }
  }
}
