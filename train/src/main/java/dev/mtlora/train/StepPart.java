package dev.mtlora.train;

/** What a trainer does within a step, in this order; the middle two once for every batch of it. */
public enum StepPart {
  /** Waiting for the batches. */
  BATCHES,
  /** Logits and losses, and what a balance makes of them. */
  FORWARD,
  /** Gradients; where they are taken task by task, their sum once more at the end. */
  BACKWARD,
  /** Clipping, the optimiser, and what a balance or a method does behind it. */
  UPDATE
}
