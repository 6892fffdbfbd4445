package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code serve} in a process of its own, started by the launcher, and the memory that it has. */
final class ServeProcess implements AutoCloseable {
  /**
   * A heap of 1 GB, as docs/deploy.md has it, all of which is resident from the start: otherwise
   * the process grows until Java has used every page of it once, which nobody can tell from a leak.
   */
  private static final String JAVA =
      System.getProperty("load.java", "-Xmx1g -Xms1g -XX:+AlwaysPreTouch");

  private static final Pattern SAID =
      Pattern.compile("serving .* at http://127\\.0\\.0\\.1:([0-9]+)/");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");

  private final Process process;
  private final Path log;
  private final int port;
  private final List<Double> resident = Collections.synchronizedList(new ArrayList<>());

  private ServeProcess(Process process, Path log) throws IOException, InterruptedException {
    this.process = process;
    this.log = log;
    port = await();
    Thread sampler = new Thread(this::sample, "memory of the server");
    sampler.setDaemon(true);
    sampler.start();
  }

  /**
   * Starts it.
   *
   * @param project a {@link LauncherProject}
   * @param arguments behind {@code serve}
   */
  static ServeProcess start(Path project, String... arguments) throws Exception {
    Path log = Files.createTempFile(project, "log", ".txt");
    List<String> command = new ArrayList<>(List.of("serve"));
    command.addAll(List.of(arguments));
    Process process = launch(project, log, command);
    try {
      return new ServeProcess(process, log);
    } catch (IOException | InterruptedException | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Process launch(Path project, Path log, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", project.resolve("mtlora").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MTLORA_OPTS", JAVA);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Has {@code predict} write what it makes of a folder of pictures. */
  static void predict(
      Path project, Path run, Path pictures, Path out, OpenModel.Engine engine, String... options)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(project, "predict", ".txt");
    List<String> command = new ArrayList<>(List.of("predict", run.toString()));
    command.addAll(List.of(pictures.toString(), "--out", out.toString()));
    command.addAll(List.of("--engine", engine.name().toLowerCase(Locale.ROOT)));
    command.addAll(List.of(options));
    int code = launch(project, log, command).waitFor();
    assertThat(code).as(Files.readString(log)).isZero();
  }

  private int await() throws IOException, InterruptedException {
    Matcher matcher = SAID.matcher(Files.readString(log));
    while (!matcher.find()) {
      assertThat(process.isAlive()).as(this::said).isTrue();
      Thread.sleep(50);
      matcher = SAID.matcher(Files.readString(log));
    }
    return Integer.parseInt(matcher.group(1));
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The end of what it has printed. */
  String said() {
    try {
      String all = Files.readString(log);
      return all.substring(Math.max(0, all.length() - 5000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines that are no answers'. */
  List<String> complaints() throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> !line.startsWith("{") && !SAID.matcher(line).find()).toList();
    }
  }

  private void sample() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    while (process.isAlive() && Files.exists(status)) {
      try {
        Matcher matcher = RESIDENT.matcher(Files.readString(status));
        if (matcher.find()) {
          resident.add(Integer.parseInt(matcher.group(1)) / 1024.0);
        }
        Thread.sleep(1000);
      } catch (IOException | InterruptedException e) { // it has ended
        return;
      }
    }
  }

  /** Resident memory in MB, second by second; empty where the system does not say. */
  List<Double> resident() {
    synchronized (resident) {
      return List.copyOf(resident);
    }
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
