package dev.mtlora.cli;

import dev.mtlora.cli.LoadCase.Question;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that come whether or not others have been answered: so many a second, of which every
 * twentieth asks for what is no good.
 */
final class OpenLoop {
  private static final int BAD = 20;
  private static final int MOST_AT_ONCE = 600; // then the clients' machine is the one that fails

  private final int port;
  private final List<Question> questions;
  private final BadRequests bad;
  private final LoadFigures figures = new LoadFigures();
  private final AtomicInteger atOnce = new AtomicInteger();

  OpenLoop(int port, List<Question> questions) {
    this.port = port;
    this.questions = questions;
    bad = new BadRequests(port);
  }

  /**
   * Comes for so long.
   *
   * @param rate requests a second
   * @param patient true to wait until the slowest have been refused
   */
  LoadFigures run(double rate, int seconds, boolean patient) throws InterruptedException {
    ExecutorService clients = Executors.newCachedThreadPool();
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    for (int i = 0; System.nanoTime() < end; i++) {
      long due = begun + (long) (i * 1e9 / rate);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      int number = i;
      if (atOnce.incrementAndGet() > MOST_AT_ONCE) {
        atOnce.decrementAndGet();
        figures.onUnsent();
      } else {
        clients.execute(
            () -> {
              try {
                if (number % BAD == BAD - 1) {
                  figures.onBad(bad.send(number / BAD));
                } else {
                  good(questions.get(number % questions.size()), due);
                }
              } catch (RuntimeException | Error e) { // of an answer that is not what it says
                figures.onProblem("request " + number + ": " + e);
              } finally {
                atOnce.decrementAndGet();
              }
            });
      }
    }
    figures.ended((System.nanoTime() - begun) / 1e9);
    clients.shutdown();
    if (!patient) {
      clients.awaitTermination(3, TimeUnit.SECONDS);
      bad.leave();
    }
    if (!clients.awaitTermination(180, TimeUnit.SECONDS)) {
      figures.onProblem("some clients have waited for three minutes");
    }
    return figures;
  }

  private void good(Question question, long due) {
    try {
      RawHttp.Reply reply = RawHttp.ask(port, question.request(), 120_000);
      figures.onAnswer(question, reply, System.nanoTime() - due);
    } catch (IOException e) {
      figures.onProblem("a good request got " + e);
    }
  }
}
