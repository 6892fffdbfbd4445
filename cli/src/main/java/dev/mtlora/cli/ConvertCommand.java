package dev.mtlora.cli;

import dev.mtlora.files.Printable;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.Conversion;
import dev.mtlora.weights.HuggingFaceConfig;
import dev.mtlora.weights.KeyMap;
import dev.mtlora.weights.WeightsFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a file of weights in another format, or under the names of another program. */
@Command(
    name = "convert",
    description = "Writes weights as .safetensors or .pth, under the names that others use.")
final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "A .safetensors or .pth file, or a folder that train or merge has filled, or an adapter"
              + " folder.")
  private Path in = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "What to write: .safetensors, .pth, .pt or .bin.")
  private Path out = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "NAMES",
      description =
          "Whose names: ours, reference, original (the authors), timm or hf (Hugging Face)."
              + " Without it names stay as they are.")
  private @Nullable String to;

  @Option(
      names = "--floats",
      paramLabel = "TYPE",
      description = "Type of the floating-point values: f32, f16 or bf16. Without it as they are.")
  private @Nullable Floats floats;

  @Option(
      names = "--config",
      paramLabel = "CONFIG",
      description =
          "The configuration that a file with adapters was trained with, where none lies beside it.")
  private @Nullable String config;

  private enum Floats {
    F32,
    F16,
    BF16
  }

  @Override
  public Integer call() {
    if (!Conversion.canWrite(out)) {
      throw usage(out + " must be a file that ends in .safetensors, .pth, .pt or .bin");
    }
    if (WeightsFile.of(in).reads(out)) {
      throw usage(out + " belongs to what is read, and would be overwritten: write another file");
    }
    KeyMap map = to == null ? null : family(to);
    try (Scope scope = Scope.open();
        ConvertInput input = new ConvertInput(in, config)) {
      Conversion named = input.under(map);
      Conversion conversion = floats == null ? named : named.as(DType.valueOf(floats.name()));
      conversion.write(out);
      report(conversion);
      PrintWriter text = spec.commandLine().getOut();
      input.remarks(map).forEach(text::println);
      if (map == KeyMap.HUGGING_FACE) {
        text.println(HuggingFaceConfig.beside(out, conversion.tensors(), input.imageSize()));
      }
      text.flush();
    }
    return 0;
  }

  private KeyMap family(String id) {
    try {
      return KeyMap.of(id);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void report(Conversion conversion) {
    PrintWriter text = spec.commandLine().getOut();
    text.printf(
        Locale.ROOT,
        "%s: %d tensors, %s%n",
        out,
        conversion.tensors().entries().size(),
        TensorTree.size(TensorTree.bytes(conversion.tensors().entries())));
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    conversion
        .leftOut()
        .forEach((name, why) -> byReason.computeIfAbsent(why, key -> new ArrayList<>()).add(name));
    byReason.forEach(
        (why, names) -> text.println("left out, each " + why + ": " + Printable.some(names)));
    if (!conversion.tensors().withoutTensors().isEmpty()) {
      text.println(
          "left out, no tensors: " + Printable.some(conversion.tensors().withoutTensors()));
    }
    conversion.notes().forEach(note -> text.println(Printable.of(note)));
    text.flush();
  }
}
