package dev.mtlora.data.scenes;

/** The two visual worlds of {@link SyntheticScenes}: train in one, adapt to the other. */
public enum Domain {
  /** Warm palettes, checkers, stripes, bricks and wood, even white light, little noise. */
  SOURCE,
  /** Cool and violet palettes, tiles, dots, plaid and marble, hard coloured light, more noise. */
  TARGET
}
