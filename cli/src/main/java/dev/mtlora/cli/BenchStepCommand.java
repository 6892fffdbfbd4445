package dev.mtlora.cli;

import dev.mtlora.run.Cost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Times training steps. */
@Command(
    name = "step",
    description = {
      "Times the training step: forward, backward and update.",
      "Also its operations against this machine's ceiling, and the peak of memory; with --compare,",
      "the ratio of the two methods' steps."
    })
final class BenchStepCommand extends Bench {
  @Override
  BenchReport measure(List<Candidate> candidates, BenchReport.Setting setting) {
    List<List<StepClock.Time>> made = stepsInTurn(candidates);
    long peak = peak();
    List<StepReport.Timed> timed = new ArrayList<>();
    for (int c = 0; c < candidates.size(); c++) {
      Candidate one = candidates.get(c);
      timed.add(new StepReport.Timed(one.name(), made.get(c), one.bench().multiplyAdds()));
    }
    return new StepReport(setting, ceilings(setting), timed, peak);
  }

  private static long peak() {
    try {
      return Cost.peakBytes();
    } catch (IOException e) {
      return 0;
    }
  }
}
