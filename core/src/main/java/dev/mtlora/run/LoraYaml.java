package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.peft.Lora;

/** Reads {@link Lora}; the four layers of a block are adapted unless {@code slots} names others. */
final class LoraYaml {
  private static final int RANK = 16;
  private static final double SCALE = 4.0;

  private LoraYaml() {}

  static Lora read(YamlBlock yaml, boolean perTask) {
    yaml.allow("name", "rank", "scale", "slots");
    return new Lora(
        yaml.count("rank", RANK), yaml.number("scale", SCALE), MtLoraYaml.named(yaml), perTask);
  }
}
