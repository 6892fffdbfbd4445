package dev.mtlora.tensor;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.ExtraFilesMap;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tuple;

/**
 * A recorded computation as TorchScript: libtorch does all of it in one call, without the calls
 * through the binding that single operations need, and other programs read it ({@code
 * torch.jit.load}). It gives what the recorded operations give, to the last bit.
 *
 * <p>It is given the inputs in their order and gives a tuple of the outputs in theirs. Constants
 * are buffers of the module.
 */
public final class Script implements AutoCloseable {
  private static final String INDENT = "  ";

  private final JitModule module;
  private final List<String> outputs;

  private Script(JitModule module, List<String> outputs) {
    this.module = module;
    this.outputs = outputs;
  }

  /**
   * A computation that can be run; it belongs to the scope that is open.
   *
   * @throws RecordingException if an operation has no form in TorchScript
   */
  public static Script of(Graph recorded) {
    Scope.requireOpen();
    Graph graph = FilledChannels.of(recorded);
    Map<Integer, String> names = names(graph);
    JitModule module = new JitModule(new QualifiedName("MTLoRA"));
    for (Graph.Constant constant : graph.constants()) {
      try (Scope scope = Scope.inference()) {
        long[] shape = constant.value().shape().stream().mapToLong(Graph.Side::number).toArray();
        Tensor tensor = Tensor.of(constant.bytes().duplicate(), constant.value().dtype(), shape);
        String name = names.getOrDefault(constant.value().id(), "").substring("self.".length());
        module.register_buffer(name, tensor.handle());
      }
    }
    module.define(source(graph, names));
    module.eval();
    return new Script(module, List.copyOf(graph.outputs().keySet()));
  }

  /**
   * Computes.
   *
   * @param inputs in the order of the graph
   * @return the outputs by name, in the scope that is open
   */
  public Map<String, Tensor> run(Tensor... inputs) {
    IValue[] values = new IValue[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      values[i] = new IValue(inputs[i].handle());
    }
    Tuple tuple;
    try {
      tuple = module.forward(new IValueVector(values)).toTuple();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("replaying " + outputs + ": " + Tensor.reason(e), e);
    }
    Map<String, Tensor> results = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      IValue value = tuple.elements().get(i);
      results.put(outputs.get(i), new Tensor(new org.bytedeco.pytorch.Tensor(value.toTensor())));
    }
    return results;
  }

  /**
   * Writes a file that {@code torch.jit.load} reads.
   *
   * @param texts kept beside it, by name ({@code _extra_files})
   */
  public void write(Path file, Map<String, String> texts) {
    ExtraFilesMap extra = new ExtraFilesMap();
    texts.forEach((name, text) -> extra.put(new BytePointer(name), new BytePointer(text)));
    module.save(file.toString(), extra);
  }

  /** Frees it before its scope does. */
  @Override
  public void close() {
    module.close();
  }

  /** What every value is called: constants by their names, made fit for TorchScript. */
  private static Map<Integer, String> names(Graph graph) {
    Map<Integer, String> names = new HashMap<>();
    Set<String> taken = new HashSet<>();
    graph.inputs().forEach((name, value) -> names.put(value.id(), name));
    for (Graph.Constant constant : graph.constants()) {
      String plain = "c_" + constant.name().replaceAll("[^A-Za-z0-9_]", "_");
      String name = taken.add(plain) ? plain : plain + "_" + constant.value().id();
      taken.add(name);
      names.put(constant.value().id(), "self." + name);
    }
    graph.steps().forEach(step -> names.put(step.result().id(), "v" + step.result().id()));
    return names;
  }

  private static String source(Graph graph, Map<Integer, String> names) {
    String given =
        graph.inputs().keySet().stream()
            .map(name -> ", " + name + ": Tensor")
            .collect(Collectors.joining());
    StringBuilder source = new StringBuilder("def forward(self" + given + "):\n");
    String first = graph.inputs().keySet().iterator().next();
    source.append(INDENT).append("b = ").append(first).append(".size(0)\n");
    for (Graph.Step step : graph.steps()) {
      List<String> operands =
          step.operands().stream().map(v -> names.getOrDefault(v.id(), "unknown")).toList();
      source
          .append(INDENT)
          .append(names.get(step.result().id()))
          .append(" = ")
          .append(ScriptForms.of(step, operands))
          .append('\n');
    }
    String results =
        graph.outputs().values().stream()
            .map(value -> names.get(value.id()) + ",")
            .collect(Collectors.joining(" "));
    return source.append(INDENT).append("return (").append(results).append(")\n").toString();
  }
}
