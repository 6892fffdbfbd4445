package dev.mtlora.spec;

/** How tables of relative positions are fitted to another window. */
public enum TableResize {
  /** Bicubically, as the Swin authors and the MTLoRA reference do. */
  REFERENCE,
  /**
   * As timm does, which has it from BEiT: the rows of the file are taken to stand at distances that
   * grow geometrically from the centre, so that near ones keep their places, with linear
   * interpolation between them.
   */
  TIMM
}
