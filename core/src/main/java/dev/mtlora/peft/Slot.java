package dev.mtlora.peft;

/** The linear layers of a Swin backbone that a method can adapt. */
public enum Slot {
  /** Queries, keys and values of an attention, one product. */
  QKV,
  /** Output of an attention; the first place where tasks can fork. */
  PROJ,
  /** First layer of an MLP. */
  FC1,
  /** Second layer of an MLP. */
  FC2,
  /** The reduction of a patch merging, at the end of a stage. */
  REDUCTION
}
