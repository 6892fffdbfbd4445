package dev.mtlora.train;

/** Temporary. */
public interface Schedule {
  /** Rate of iteration i, from 0. */
  double rateOfIteration(long i);
}
