package dev.mtlora.run;

import java.nio.file.Path;
import java.util.List;

/** A configuration that tests start from. */
final class SmallConfig {
  static final String TEXT =
      """
      model: {backbone: swin-micro, image: 64}
      method: {name: mtlora, rank: 8}
      tasks: {semseg: {classes: 16}, depth: {}}
      data: scenes
      """;

  private SmallConfig() {}

  static RunSpec read(String... overrides) {
    RunSpec.Source source = new RunSpec.Source("small.yaml", Path.of("somewhere"));
    return RunSpec.parse(source, TEXT, List.of(overrides));
  }
}
