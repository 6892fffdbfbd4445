package dev.mtlora.data.check;

/** How bad a finding is, the worst last. */
public enum Severity {
  /** Fine if meant so. */
  NOTE,
  /** Training runs, but probably not on what was meant. */
  WARNING,
  /** Training would fail, or a label is certainly wrong. */
  ERROR
}
