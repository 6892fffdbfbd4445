package dev.mtlora.cli;

import dev.mtlora.tensor.KernelThreads;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times a program that embeds the library, with a neighbour that keeps one core busy. */
@Command(
    name = "embedded",
    description = {
      "Times prediction in a plain Java program, one picture of 128 x 128, four tasks, while another",
      "thread keeps one core busy: with the variables set that let threads of native code sleep,",
      "and without, where the library sets them itself. In turn, each in a process of its own."
    })
final class BenchEmbeddedCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Processes of each kind (${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "40",
      description = "Predictions to time in each (${DEFAULT-VALUE}).")
  private int steps = 40;

  @Override
  public Integer call() {
    List<Double> set = new ArrayList<>();
    List<Double> unset = new ArrayList<>();
    AtomicBoolean busy = new AtomicBoolean(true);
    Thread neighbour = new Thread(() -> spin(busy), "neighbour");
    neighbour.setDaemon(true);
    neighbour.start();
    try {
      for (int i = 0; i < rounds; i++) {
        set.addAll(times(KernelThreads.SETTINGS));
        unset.addAll(times(Map.of()));
      }
    } finally {
      busy.set(false);
    }
    PrintWriter out = spec.commandLine().getOut();
    Quartiles with = Quartiles.of(set);
    Quartiles without = Quartiles.of(unset);
    print(out, "variables set by who starts it", with);
    print(out, "set by the library", without);
    out.printf(Locale.ROOT, "%.2f times%n", without.median() / with.median());
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, String title, Quartiles times) {
    out.printf(
        Locale.ROOT,
        "%-32s %.1f ms (quartiles %.1f to %.1f)%n",
        title,
        1e3 * times.median(),
        1e3 * times.lower(),
        1e3 * times.upper());
  }

  private static void spin(AtomicBoolean busy) {
    while (busy.get()) {
      Thread.onSpinWait();
    }
  }

  private List<Double> times(Map<String, String> variables) {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            EmbeddedProgram.class.getName(),
            Integer.toString(steps));
    builder.environment().keySet().removeAll(KernelThreads.SETTINGS.keySet());
    builder.environment().putAll(variables);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the program that embeds the library failed: " + said);
      }
      return said.lines().map(Double::valueOf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the program that embeds the library did not start: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
