package dev.mtlora.parity;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.pvt.PvtSettings;
import dev.mtlora.backbone.pvt.PvtShape;
import dev.mtlora.backbone.pvt.PvtV2Settings;
import dev.mtlora.image.Size;
import java.util.List;
import java.util.Set;

/** How cases of PVT are read, by the keys of its authors' code. */
final class PvtFamily {
  static final BackboneFamily FIRST =
      new BackboneFamily(PvtFamily::first, PvtFamily::feature, true, Set.of());
  static final BackboneFamily SECOND =
      new BackboneFamily(PvtFamily::second, PvtFamily::feature, true, Set.of());

  private PvtFamily() {}

  private static BackboneSettings first(CaseKeys config) {
    int side = config.number("base_image");
    config.require("patch_kernel_and_stride", "[4,2,2,2]");
    config.require("stage norm", "null");
    config.ignore("base_grids"); // follow from the image
    config.ignore("position"); // and the class token: said in words
    config.ignore("class token");
    return new PvtSettings(size(config), shape(config), side);
  }

  private static BackboneSettings second(CaseKeys config) {
    config.require("patch_kernel", "[7,3,3,3]");
    config.require("patch_stride", "[4,2,2,2]");
    config.require("patch_padding", "[3,1,1,1]");
    config.require("head", "null");
    boolean linear = config.has("linear") && config.flag("linear");
    return new PvtV2Settings(size(config), shape(config), linear);
  }

  private static Size size(CaseKeys config) {
    List<Integer> sides = config.numbers("image");
    return new Size(sides.get(0), sides.get(1));
  }

  private static PvtShape shape(CaseKeys config) {
    config.require("in_chans", "3");
    config.require("qkv_bias", "true");
    config.require("drop", "0");
    config.require("drop_path", "0");
    config.ignore("batch"); // that of the images
    config.ignore("eps"); // said in words
    return new PvtShape(
        config.numbers("embed_dims"),
        config.numbers("depths"),
        config.numbers("num_heads"),
        config.reals("mlp_ratios"),
        config.numbers("sr_ratios"),
        0);
  }

  /** {@code stage1.block0}; no tap sees what is between, and the later patches. */
  private static String feature(String name) {
    if (name.startsWith("stage.")) {
      return name;
    }
    String[] parts = name.split("\\."); // stage1, block0
    int stage = Integer.parseInt(parts[0].substring("stage".length())) - 1;
    boolean block = parts.length == 2 && parts[1].startsWith("block");
    return block ? "layers." + stage + ".blocks." + parts[1].substring("block".length()) : "";
  }
}
