package dev.mtlora.backbone.pvt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.image.Size;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/** Small backbones of both versions. */
final class SmallPvt {
  static final List<String> TASKS = List.of("semseg", "normals");
  static final PvtShape SHAPE =
      new PvtShape(
          List.of(16, 16, 32, 32),
          List.of(2, 1, 1, 2),
          List.of(1, 2, 2, 4),
          List.of(2.0, 2.0, 1.0, 2.0),
          List.of(8, 4, 2, 1),
          0);
  static final PvtSettings FIRST = new PvtSettings(Size.square(64), SHAPE, 64);
  static final PvtV2Settings SECOND = new PvtV2Settings(Size.square(64), SHAPE, false);
  static final PvtV2Settings LINEAR = new PvtV2Settings(Size.square(64), SHAPE, true);
  static final List<BackboneSettings> ALL = List.of(FIRST, SECOND, LINEAR);

  static Backbone backbone(BackboneSettings settings, AdapterMethod method) {
    Backbone backbone = Backbone.of(settings, method, TASKS, new Rng(1));
    backbone.train(false);
    return backbone;
  }

  /** With values everywhere, so that nothing that a method adds is 0. */
  static Backbone disturbed(BackboneSettings settings, AdapterMethod method) {
    Backbone backbone = backbone(settings, method);
    Rng rng = new Rng(2);
    backbone
        .parameters()
        .values()
        .forEach(
            p ->
                p.tensor()
                    .assignInPlace(
                        p.tensor()
                            .detach()
                            .plus(Tensor.uniform(rng, -.2, .2, p.tensor().shape()))));
    return backbone;
  }

  static Tensor images(long height, long width) {
    return Tensor.randn(new Rng(3), 2, 3, height, width);
  }

  static double largest(Tensor a, Tensor b) {
    assertThat(a.shape()).isEqualTo(b.shape());
    double largest = 0;
    for (double d : a.minus(b).toDoubles()) {
      largest = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(largest, Math.abs(d));
    }
    return largest;
  }

  private SmallPvt() {}
}
