package dev.mtlora.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Lets a long piece of work end properly when the program is asked to end (Ctrl-C): the work is
 * told to stop, the program waits until it has, and ends with exit code 1 or another.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch ended = new CountDownLatch(1);
  private final int code;
  private final Thread hook;

  /** Calls {@code stop}, on another thread, when the program is asked to end. */
  Interruption(Runnable stop) {
    this(stop, 1);
  }

  /**
   * The same where being asked is the usual end.
   *
   * @param code that the program ends with
   */
  Interruption(Runnable stop, int code) {
    this.code = code;
    hook = new Thread(() -> end(stop), "mtlora-interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void end(Runnable stop) {
    stop.run();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(code); // the exit code of a signal would be another
  }

  /** The work has ended, by itself or because it was told to. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // the program is ending already
      ended.countDown();
    }
  }
}
