package dev.mtlora.cli;

import dev.mtlora.files.Printable;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.FileContents;
import dev.mtlora.weights.TensorSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what files of weights hold, without reading their values. */
@Command(
    name = "inspect",
    description = "Shows names, types, shapes and sizes of the tensors in a file, or in a folder.")
final class InspectCommand implements Callable<Integer> {
  private static final List<String> ENDINGS = List.of(".safetensors", ".pth", ".pt", ".bin");

  /** A run's checkpoints lie three folders deep. */
  private static final int MAX_DEPTH = 4;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      description = "A .safetensors or .pth file; or a run, checkpoint or adapter folder.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (Path found : Files.isDirectory(file) ? filesBelow(file) : List.of(file)) {
      try (TensorSource source = TensorSource.open(found)) {
        print(found, source, out);
      }
    }
    out.flush();
    return 0;
  }

  private static List<Path> filesBelow(Path folder) {
    try (Stream<Path> paths = Files.walk(folder, MAX_DEPTH)) {
      List<Path> files = paths.filter(InspectCommand::isWeights).sorted().toList();
      if (files.isEmpty()) {
        throw new CheckpointException(folder, "holds no file that ends in one of " + ENDINGS);
      }
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw new CheckpointException(folder, "cannot be listed: " + e, e);
    }
  }

  private static boolean isWeights(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
  }

  private static void print(Path file, TensorSource source, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: %s, %d tensors, %s%n",
        file,
        FileContents.of(source),
        source.entries().size(),
        TensorTree.size(TensorTree.bytes(source.entries())));
    out.print(TensorTree.of(source.entries()));
    if (!source.arrays().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "  %d NumPy arrays, which are not read: %s%n",
          source.arrays().size(),
          Printable.some(source.arrays()));
    }
    List<String> beside = new ArrayList<>(source.withoutTensors());
    beside.removeAll(source.arrays());
    if (!beside.isEmpty()) {
      out.println("  beside them: " + Printable.some(beside));
    }
  }
}
