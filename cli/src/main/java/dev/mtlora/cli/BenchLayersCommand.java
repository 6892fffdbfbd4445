package dev.mtlora.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Times the parts of a forward pass. */
@Command(
    name = "layers",
    description =
        "Times the parts of a training step's forward pass, blocks and heads, with their operations.")
final class BenchLayersCommand extends Bench {
  @Override
  BenchReport measure(List<Candidate> candidates, BenchReport.Setting setting) {
    List<List<List<BenchModel.Layer>>> passes = inTurn(candidates, BenchModel::layers);
    List<LayersReport.Timed> timed = new ArrayList<>();
    for (int c = 0; c < candidates.size(); c++) {
      timed.add(LayersReport.Timed.of(candidates.get(c).name(), passes.get(c)));
    }
    return new LayersReport(setting, ceilings(setting), timed);
  }
}
