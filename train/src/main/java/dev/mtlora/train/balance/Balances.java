package dev.mtlora.train.balance;

import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of ways to balance the tasks' losses: the names that {@code train.balance} may
 * have, each with the settings that a configuration starts from. A new one is one line here.
 */
public final class Balances {
  /** The balance of a configuration that names none. */
  public static final String DEFAULT = "fixed";

  private static final double RATE = 0.025;

  /** All of them, by name. */
  public static final Catalogue<Balance> ALL =
      Catalogue.extended("balance", Balance.class, members());

  private Balances() {}

  private static Map<String, Balance> members() {
    Map<String, Balance> members = new LinkedHashMap<>();
    members.put(DEFAULT, new FixedWeights());
    members.put("uncertainty", new Uncertainty(RATE));
    members.put("dwa", new Dwa(2));
    members.put("gradnorm", new GradNorm(1.5, RATE));
    members.put("pcgrad", new PcGrad());
    members.put("famo", new Famo(0.01, RATE));
    return members;
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
    return ALL.of(id);
  }
}
