package dev.mtlora.spec;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.convnext.ConvNextSettings;
import dev.mtlora.backbone.pvt.PvtSettings;
import dev.mtlora.backbone.pvt.PvtV2Settings;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.backbone.swinv2.SwinV2Settings;
import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The catalogue of backbones: the names that {@code model.backbone} may have. */
public final class Backbones {
  /** The backbone of a configuration that names none. */
  public static final String DEFAULT = "swin-tiny";

  /** All of them, by name, family by family. */
  public static final Catalogue<BackboneSettings> ALL =
      union(
          List.of(
              SwinSettings.PRESETS, //
              PvtV2Settings.PRESETS,
              PvtSettings.PRESETS,
              SwinV2Settings.PRESETS,
              ConvNextSettings.PRESETS));

  private Backbones() {}

  private static Catalogue<BackboneSettings> union(List<Catalogue<BackboneSettings>> families) {
    Map<String, BackboneSettings> all = new LinkedHashMap<>();
    families.forEach(family -> all.putAll(family.members()));
    return Catalogue.extended("backbone", BackboneSettings.class, all);
  }
}
