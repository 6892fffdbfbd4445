package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.cli.LoadCase.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server in a process of its own at twice what it can do, with five bad requests in a hundred:
 * {@code -Dload.seconds=600} for the ten minutes whose figures are in docs/serve.md; {@code
 * -Dload.engine} and {@code -Dload.batch} as {@code --engine} and {@code --batch}.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a script for sh")
class ServeLoadTest {
  private static final int SECONDS = Integer.getInteger("load.seconds", 6);
  private static final boolean LONG = SECONDS >= 120; // enough to see memory grow
  private static final int REQUESTS = 64; // as serve has it if nobody says otherwise
  private static final OpenModel.Engine ENGINE =
      OpenModel.Engine.valueOf(System.getProperty("load.engine", "torch").toUpperCase(Locale.ROOT));
  private static final String BATCH = System.getProperty("load.batch", "8");

  @TempDir private Path folder;
  private final StringBuilder table = new StringBuilder();

  private void line(String name, String format, Object... values) {
    table.append(
        String.format(
            Locale.ROOT, "| %s | %s |%n", name, String.format(Locale.ROOT, format, values)));
  }

  @Test
  void serve_atTwiceWhatItCanDo_refusesTheRestAndIsRightAboutAllOthers() throws Exception {
    Path run = LoadCase.model(folder.resolve("run"));
    Path project = Files.createDirectory(folder.resolve("project"));
    LauncherProject.make(project, LauncherProject.options());
    List<Question> questions = LoadCase.questions(project, run, ENGINE);
    String port;
    try (ServeProcess server = serve(project, run, "0")) {
      port = Integer.toString(server.port());
      alone(server.port(), questions);
      closedLoop(server.port(), questions, LONG ? 20 : 2);
      double capacity = closedLoop(server.port(), questions, LONG ? 10 : 2);
      int before = server.resident().size();
      LoadFigures figures = new OpenLoop(server.port(), questions).run(2 * capacity, SECONDS, LONG);
      List<Double> resident = server.resident();
      show(capacity, figures);
      resident = resident.subList(Math.min(before, resident.size()), resident.size());
      double growth = memory(resident);
      LoadThroughput.show(project, run, server.port(), ENGINE, this::line, SECONDS >= 60);
      assertThat(server.isAlive()).as(server::said).isTrue();
      assertThat(server.complaints()).as("what the server says beside its answers").isEmpty();
      alone(server.port(), questions);
      require(figures);
      if (LONG) {
        assertThat(growth).as("growth of resident memory after the first third").isLessThan(0.05);
      }
      server.kill();
      assertThat(server.isAlive()).isFalse();
    } finally {
      System.out.println(table);
    }
    try (ServeProcess again = serve(project, run, port)) {
      assertThat(again.port()).isEqualTo(Integer.parseInt(port));
      alone(again.port(), questions.subList(0, 6));
    }
  }

  private static ServeProcess serve(Path project, Path run, String port) throws Exception {
    return ServeProcess.start(
        project,
        LoadCase.NAME + "=" + run,
        "--port",
        port,
        "--engine",
        ENGINE.name().toLowerCase(Locale.ROOT),
        "--batch",
        BATCH);
  }

  /** One by one, nothing moves the last digits. */
  private static void alone(int port, List<Question> questions) throws IOException {
    for (Question question : questions) {
      RawHttp.Reply reply = RawHttp.ask(port, question.request(), 60_000);
      assertThat(reply.status()).as(reply::toString).isEqualTo(200);
      assertThat(question.isEqual(reply))
          .as(() -> question.form() + " is what is predicted offline, to the last byte")
          .isTrue();
    }
  }

  /** How many a second are answered if every client waits for its answer. */
  private static double closedLoop(int port, List<Question> questions, int seconds)
      throws Exception {
    long begun = System.nanoTime();
    long end = begun + seconds * 1_000_000_000L;
    int answered =
        ClosedLoop.run(
            port, k -> questions.get(k % questions.size()).request(), k -> System.nanoTime() < end);
    return answered / ((System.nanoTime() - begun) / 1e9);
  }

  private void show(double capacity, LoadFigures figures) {
    int offered = figures.good().values().stream().mapToInt(n -> n).sum();
    line("capacity, 8 clients in turn", "%.1f requests/s", capacity);
    line("offered", "%.1f/s for %.0f s", 2 * capacity, figures.seconds());
    line(
        "good requests",
        "%,d, of which by status %s; not sent %d",
        offered,
        figures.good(),
        figures.unsent());
    line("accepted", "%.1f/s", figures.accepted() / figures.seconds());
    line("accepted, median", "%.0f ms", figures.millis(0.5));
    line("accepted, p99 and its bound", "%.0f of %.0f ms", figures.millis(0.99), bound(figures));
    line(
        "a full queue, answered at the mean rate",
        "%.0f ms",
        1000 * REQUESTS * figures.seconds() / figures.accepted());
    line("equal to offline, byte by byte", "%,d of %,d", figures.equal(), figures.accepted());
    line("else not within 1e-4, at most", "%.3f %% of an answer", 100 * figures.worst());
    figures.bad().forEach((name, statuses) -> line("bad: " + name, "%s", statuses));
  }

  /**
   * Who is let in has so many before, and they leave as fast as the server answers just then, which
   * on a shared machine changes. Short runs, where a hiccup is the hundredth part, have the limit
   * that the server itself has.
   */
  private static double bound(LoadFigures figures) {
    return LONG ? figures.queueMillis(REQUESTS, 0.99) + 2000 : 32_000;
  }

  private static void require(LoadFigures figures) {
    assertThat(figures.problems()).isEmpty();
    assertThat(figures.unsent()).as("requests that this machine was too slow to send").isZero();
    assertThat(figures.accepted()).isPositive();
    assertThat(figures.worst()).as("part of an answer that no batch explains").isLessThan(0.005);
    if (BATCH.equals("1")) {
      assertThat(figures.equal()).isEqualTo(figures.accepted());
    }
    assertThat(figures.millis(0.99)).isLessThan(bound(figures));
  }

  /** By which part it has grown from the second third to the last sixth. */
  private double memory(List<Double> resident) {
    if (resident.isEmpty()) {
      line("resident memory", "skipped: there is no /proc to read it in");
      return 0;
    }
    int count = resident.size();
    double middle = median(resident.subList(count / 3, Math.max(count / 3 + 1, 2 * count / 3)));
    double end = median(resident.subList(Math.min(5 * count / 6, count - 1), count));
    line(
        "resident memory: first, second third, last sixth",
        "%.0f, %.0f, %.0f MB; %+.1f %%",
        resident.get(0),
        middle,
        end,
        100 * (end / middle - 1));
    return end / middle - 1;
  }

  private static double median(List<Double> values) {
    return LoadFigures.quantile(values, 0.5);
  }
}
