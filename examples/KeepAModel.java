import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.data.DataLoader;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.peft.MtLora;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.Augmentation;
import dev.mtlora.run.RunSpec;
import dev.mtlora.run.ScenesSource;
import dev.mtlora.run.TrainSpec;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.AdapterFile;
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
    Assembly assembly = Assembly.of(run);
    try (Scope scope = Scope.open()) {
      MultiTaskModel trained = assembly.model();
      DataLoader training = assembly.trainingLoader(trained);
      assembly.trainer(training, List.of()).fit(trained, training, assembly.validationLoader());
      AdapterFile.write(folder, trained, assembly.origin("{}", "example"), DType.F16);
    }
  }
}
