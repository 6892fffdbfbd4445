package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.YamlText;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.train.balance.Balance;
import dev.mtlora.train.balance.Dwa;
import dev.mtlora.train.balance.Famo;
import dev.mtlora.train.balance.FixedWeights;
import dev.mtlora.train.balance.GradNorm;
import dev.mtlora.train.balance.PcGrad;
import dev.mtlora.train.balance.Uncertainty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of ways to balance the tasks' losses: the names that {@code train.balance} may
 * have, and how the settings of each are read. A new one is one line here.
 */
public final class Balances {
  private static final String DEFAULT = "fixed";
  private static final double RATE = 0.025;

  private static final Catalogue<Reader> ALL = new Catalogue<>("balance", members());

  private Balances() {}

  @FunctionalInterface
  private interface Reader {
    Balance read(YamlBlock yaml);
  }

  private static Map<String, Reader> members() {
    Map<String, Reader> members = new LinkedHashMap<>();
    members.put("fixed", yaml -> plain(yaml, new FixedWeights()));
    members.put(
        "uncertainty", yaml -> new Uncertainty(yaml.allow("name", "rate").number("rate", RATE)));
    members.put("dwa", yaml -> new Dwa(yaml.allow("name", "temperature").number("temperature", 2)));
    members.put(
        "gradnorm",
        yaml ->
            new GradNorm(
                yaml.allow("name", "alpha", "rate").number("alpha", 1.5),
                yaml.number("rate", RATE)));
    members.put("pcgrad", yaml -> plain(yaml, new PcGrad()));
    members.put(
        "famo",
        yaml ->
            new Famo(
                yaml.allow("name", "gamma", "rate").number("gamma", 0.01),
                yaml.number("rate", RATE)));
    return members;
  }

  /** One without settings. */
  private static Balance plain(YamlBlock yaml, Balance balance) {
    yaml.allow("name");
    return balance;
  }

  /** All names. */
  public static List<String> ids() {
    return ALL.ids();
  }

  /**
   * A balance with its usual settings.
   *
   * @throws IllegalArgumentException if there is none of this name; proposes the nearest
   */
  public static Balance of(String id) {
    return ALL.of(id).read(new YamlBlock(YamlText.read(""), "balance"));
  }

  /** Reads the block {@code train.balance}. */
  static Balance read(YamlBlock yaml) {
    String name = yaml.word("name", DEFAULT, ids());
    return yaml.build(() -> ALL.of(name).read(yaml));
  }
}
