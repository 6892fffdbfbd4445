package dev.mtlora.data;

import java.util.Locale;

/** A part of a dataset. */
public enum Split {
  /** The images that train. */
  TRAIN,
  /** The images that validate: they choose the best checkpoint. */
  VAL,
  /** The images that neither train nor choose anything. */
  TEST;

  /** Its name in configurations and reports, in small letters. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
