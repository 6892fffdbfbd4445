package dev.mtlora.peft;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

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
  REDUCTION;

  /** The four of a block, without the reduction. */
  public static final Set<Slot> OF_BLOCKS = Collections.unmodifiableSet(EnumSet.range(QKV, FC2));
}
