package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.peft.Compacter;

/** Reads {@link Compacter}; {@code products} and {@code rank} are the paper's unless named. */
final class CompacterYaml {
  private static final int REDUCTION = 8;
  private static final int PRODUCTS = 4;
  private static final int RANK = 1;

  private CompacterYaml() {}

  static Compacter read(YamlBlock yaml, boolean plusPlus) {
    yaml.allow("name", "reduction", "products", "rank");
    return new Compacter(
        yaml.count("reduction", REDUCTION),
        yaml.count("products", PRODUCTS),
        yaml.count("rank", RANK),
        plusPlus);
  }
}
