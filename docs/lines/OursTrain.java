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
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** RUN: adapts the shipped backbone to two tasks in two steps, and keeps the model. */
public final class OursTrain {
  public static void main(String[] arguments) {
    Network network =
        new Network(SwinSettings.preset("swin-micro", 64, 0))
            .from(new WeightsSource.Builtin("swin-micro"));
    List<Task> tasks = List.of(new Semseg(16, List.of()), new Depth());
    ModelSpec spec = new ModelSpec(network, MtLora.paper(8, 4), tasks, false);
    ScenesSource scenes = new ScenesSource().with(8, 2);
    TrainSpec epoch = TrainSpec.of(1, 4, 1e-3);
    RunSpec run = new RunSpec(spec, scenes, new Augmentation(), epoch, Map.of());
    Run.start(run, Path.of(arguments[0]), RunListener.NONE);
  }
}
