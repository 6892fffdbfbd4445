package dev.mtlora.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How tables of relative positions are fitted to another window. */
public enum TableResize {
  /** Bicubically, as the Swin authors and the MTLoRA reference do. */
  REFERENCE,
  /**
   * As timm does, which has it from BEiT: the rows of the file are taken to stand at distances that
   * grow geometrically from the centre, so that near ones keep their places, with linear
   * interpolation between them.
   */
  TIMM;

  /** Its name in configurations. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of all. */
  public static List<String> words() {
    return Arrays.stream(values()).map(TableResize::word).toList();
  }
}
