package dev.mtlora.testing;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.convnext.ConvNextSettings;
import dev.mtlora.backbone.pvt.PvtSettings;
import dev.mtlora.backbone.pvt.PvtShape;
import dev.mtlora.backbone.pvt.PvtV2Settings;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.backbone.swinv2.SwinV2Settings;
import dev.mtlora.image.Size;
import dev.mtlora.peft.PerStage;
import java.util.List;
import java.util.stream.Stream;

/** A small backbone of every family of the catalogue; a new family needs a line here. */
public final class SmallBackbones {
  /** What they are made for. */
  public static final Size IMAGE = new Size(64, 96);

  private static final List<Integer> DEPTHS = List.of(1, 2);

  private static final PvtShape PVT =
      new PvtShape(List.of(8, 16), DEPTHS, List.of(1, 2), List.of(4.0, 2.0), List.of(4, 2), 0.3);

  private SmallBackbones() {}

  /** Two stages each, the last one of two blocks. */
  public static Stream<BackboneSettings> all() {
    return Stream.of(
        new SwinSettings(IMAGE, 8, DEPTHS, List.of(1, 2), 4, 4, 0.3, SwinSettings.Options.STANDARD),
        new SwinV2Settings(IMAGE, 8, DEPTHS, List.of(1, 2), 4, PerStage.of(List.of(0, 3)), 4, 0.3),
        new ConvNextSettings(IMAGE, List.of(8, 16), DEPTHS, 0.3),
        new PvtV2Settings(IMAGE, PVT, false),
        new PvtV2Settings(IMAGE, PVT, true),
        new PvtSettings(IMAGE, PVT, 64));
  }
}
