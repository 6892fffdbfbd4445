package dev.mtlora.spec;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.nn.Catalogue;

/** The catalogue of backbones: the names that {@code model.backbone} may have. */
public final class Backbones {
  /** The backbone of a configuration that names none. */
  public static final String DEFAULT = "swin-tiny";

  /** All of them, by name. */
  public static final Catalogue<BackboneSettings> ALL = SwinSettings.PRESETS;

  private Backbones() {}
}
