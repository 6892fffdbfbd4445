package dev.mtlora.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Python that can import torch, or another package, if this machine has one.
 *
 * @param command that starts it
 * @param folder for what it prints
 */
public record TorchPython(String command, Path folder) {
  private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3", "python");

  /** The first that there is. */
  public static Optional<TorchPython> find(Path folder) throws InterruptedException {
    return find(folder, "torch");
  }

  /** The first that has a package. */
  public static Optional<TorchPython> find(Path folder, String wanted) throws InterruptedException {
    for (String python : PYTHONS) {
      try {
        if (new TorchPython(python, folder).start(List.of("-c", "import " + wanted)) == 0) {
          return Optional.of(new TorchPython(python, folder));
        }
      } catch (IOException e) {
        System.out.println("TorchPython: no " + python);
      }
    }
    return Optional.empty();
  }

  /** Runs a script; returns what it printed if it failed, or else nothing. */
  public String run(String script, String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-c", script));
    all.addAll(List.of(arguments));
    return start(all) == 0 ? "" : "exit code not 0: " + Files.readString(log());
  }

  private int start(List<String> arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(arguments);
    Process process =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log().toFile()).start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  private Path log() {
    return folder.resolve("log");
  }
}
