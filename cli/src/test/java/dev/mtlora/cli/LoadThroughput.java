package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many pictures a second {@code serve} answers, and {@code predict} writes, of the same
 * pictures and with the same pictures for every task, in turn. Each {@code predict} is a process of
 * its own, whose start is told from its work by two numbers of pictures.
 */
final class LoadThroughput {
  private static final int ROUNDS = 3;
  private static final int FEW = 80;
  private static final int MANY = 480;

  private LoadThroughput() {}

  /** Takes a line of a table. */
  interface Table {
    void line(String name, String format, Object... values);
  }

  /**
   * Measures and shows it.
   *
   * @param really false: only says that it was not
   */
  static void show(
      Path project, Path run, int port, OpenModel.Engine engine, Table table, boolean really)
      throws Exception {
    if (!really) {
      table.line("serve beside predict", "not measured: takes load.seconds of 60 or more");
      return;
    }
    Path few = pictures(project.resolve("few"), FEW);
    Path many = pictures(project.resolve("many"), MANY);
    List<Double> served = new ArrayList<>();
    List<Double> predicted = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      served.add(MANY / served(port));
      double start = predicted(project, run, few, engine);
      predicted.add((MANY - FEW) / (predicted(project, run, many, engine) - start));
    }
    double serve = LoadFigures.quantile(served, 0.5);
    double predict = LoadFigures.quantile(predicted, 0.5);
    table.line("/v1/predict?format=png, 8 clients", "%.1f pictures/s of %.1f", serve, served);
    table.line("predict --format png", "%.1f pictures/s of %.1f", predict, predicted);
    table.line("serve beside predict", "%.2f", serve / predict);
  }

  private static Path pictures(Path to, int count) throws IOException {
    Files.createDirectory(to);
    for (int i = 0; i < count; i++) {
      String end = i % 2 == 0 ? "jpg" : "png";
      Files.write(
          to.resolve(String.format(Locale.ROOT, "%03d.%s", i, end)),
          LoadCase.picture(i % LoadCase.PICTURES));
    }
    return to;
  }

  /** Seconds that the server takes. */
  private static double served(int port) throws Exception {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < LoadCase.PICTURES; i++) {
      requests.add(RawHttp.post("/v1/predict?format=png", LoadCase.picture(i)));
    }
    long begun = System.nanoTime();
    int answered = ClosedLoop.run(port, k -> requests.get(k % LoadCase.PICTURES), k -> k < MANY);
    assertThat(answered).isEqualTo(MANY);
    return (System.nanoTime() - begun) / 1e9;
  }

  /** Seconds that a process takes. */
  private static double predicted(Path project, Path run, Path pictures, OpenModel.Engine engine)
      throws Exception {
    Path out = Files.createTempDirectory(project, "out");
    long begun = System.nanoTime();
    ServeProcess.predict(project, run, pictures, out, engine, "--format", "png");
    return (System.nanoTime() - begun) / 1e9;
  }
}
