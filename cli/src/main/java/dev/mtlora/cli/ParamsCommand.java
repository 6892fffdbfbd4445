package dev.mtlora.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.tensor.Scope;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts the parameters of the model that a configuration describes. */
@Command(
    name = "params",
    description = "Counts the parameters of a model: all, trainable, and whose they are.")
final class ParamsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(names = "--json", description = "Prints JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    ParameterReport report;
    Assembly assembly = Assembly.of(config.read());
    try (Scope scope = Scope.open()) {
      report = ParameterReport.of(assembly.untrainedModel());
    }
    spec.commandLine().getOut().print(json ? json(report) : ParameterTable.of(report));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static String json(ParameterReport report) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("total", report.total());
    json.put("trainable", report.trainable());
    json.put("loraShared", report.loraShared());
    ObjectNode tasks = json.putObject("loraTasks");
    report.loraTasks().forEach(tasks::put);
    json.put("decoders", report.decoders());
    json.put("other", report.other());
    return json.toPrettyString() + System.lineSeparator();
  }
}
