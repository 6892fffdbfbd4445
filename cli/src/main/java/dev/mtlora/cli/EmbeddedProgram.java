package dev.mtlora.cli;

import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Rgb;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Depth;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Semseg;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * A program that embeds the library, as users write one, for {@link BenchEmbeddedCommand}: it
 * predicts a picture again and again and prints the seconds that each prediction took.
 */
final class EmbeddedProgram {
  private static final int WARM_UP = 5;

  private EmbeddedProgram() {}

  /** Predicts as often as the first argument says. */
  public static void main(String[] arguments) {
    Network network =
        new Network(SwinSettings.preset("swin-micro", 128, 0))
            .from(new WeightsSource.Builtin("swin-micro"));
    ModelSpec spec =
        new ModelSpec(
            network,
            MtLora.paper(16, 8),
            List.of(new Semseg(16, List.of()), new HumanParts(), new Depth(), new Normals()),
            false);
    BufferedImage picture = Rgb.white(128, 128).image();
    try (TrainedModel model = TrainedModel.create(spec)) {
      for (int i = -WARM_UP; i < Integer.parseInt(arguments[0]); i++) {
        long begun = System.nanoTime();
        model.predict(picture);
        if (i >= 0) {
          System.out.printf(Locale.ROOT, "%.6f%n", (System.nanoTime() - begun) / 1e9);
        }
      }
    }
  }
}
