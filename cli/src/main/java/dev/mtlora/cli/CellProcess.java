package dev.mtlora.cli;

import dev.mtlora.compare.Cell;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunFolder;
import dev.mtlora.run.Summary;
import dev.mtlora.weights.CheckpointException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A cell as a process of its own: {@code mtlora train} in a run folder, so that its memory can be
 * told, a crash ends one cell, and a killed one goes on from its checkpoint.
 *
 * @param cell what to train
 * @param run its run folder; {@code RUN.log} beside it is what it prints, {@code RUN.yaml} its
 *     configuration
 */
record CellProcess(Cell cell, Path run) {
  /** What it gave, if it has ended well before. */
  Optional<Summary> finished() {
    return begun() ? new RunFolder(run).results().ended() : Optional.empty();
  }

  /**
   * True if what was kept of it comes from this run folder, whose training had not ended: former
   * versions left a summary where one was stopped before its last evaluation.
   */
  boolean leftStale(Summary kept) {
    try {
      return new RunFolder(run).results().leftStale(kept);
    } catch (CheckpointException e) { // a damaged folder proves nothing
      return false;
    }
  }

  /**
   * Starts it, or lets it go on where it was stopped.
   *
   * @param threads for a cell that does not say how many; 0 leaves it to the engine
   */
  Process start(int threads) {
    try {
      Files.createDirectories(run.toAbsolutePath().getParent());
      Path config = beside(".yaml");
      Files.writeString(config, cell.config().yaml());
      List<String> command = java();
      command.addAll(List.of("train", config.toString(), "--out", run.toString()));
      if (resumable()) {
        command.add("--resume");
      }
      if (threads > 0 && cell.config().train().threads() == 0) {
        command.add("--set");
        command.add("train.threads=" + threads);
      }
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "%s cannot be started: %s", cell.name(), e), e);
    }
  }

  /** True if there is a checkpoint to go on with; what was killed before its first begins anew. */
  private boolean resumable() {
    if (!begun()) {
      return false;
    }
    RunFolder folder = new RunFolder(run);
    boolean resumable = folder.newest().isPresent();
    if (!resumable) {
      folder.clear();
    }
    return resumable;
  }

  /** True if there is a run folder of this cell. */
  private boolean begun() {
    RunFolder folder = new RunFolder(run);
    if (!Files.exists(folder.file(RunFolder.CONFIG))) {
      return false;
    }
    if (!cell.isSameTraining(folder.config(List.of()))) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "%s is the run folder of other settings than those of %s: delete it, or choose another --out",
              run,
              cell.name()));
    }
    return true;
  }

  /** This Java with this program. */
  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path"))));
    command.add(Main.class.getName());
    return command;
  }

  private static String absolute(String classPath) {
    List<String> parts = new ArrayList<>();
    for (String part : classPath.split(File.pathSeparator, -1)) {
      parts.add(Path.of(part).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, parts);
  }

  /** Where it prints to. */
  Path log() {
    return beside(".log");
  }

  private Path beside(String extension) {
    return run.resolveSibling(run.getFileName() + extension);
  }

  /** What it last said, for people; empty if nothing yet. */
  String lastLine() {
    try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
      long from = Math.max(0, file.length() - 400);
      byte[] end = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(end);
      List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** What it gave, after it ended well. */
  Summary summary() {
    return new RunFolder(run)
        .results()
        .ended()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s has no summary of its last step", run)));
  }
}
