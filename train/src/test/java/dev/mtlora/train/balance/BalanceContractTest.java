package dev.mtlora.train.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Balance} and {@link Balancer} promise, of every member of {@link Balances}; of whole
 * trainings see {@code BalancedTrainingTest}.
 */
class BalanceContractTest {
  private static final List<String> TASKS = List.of("a", "b", "c");
  private static final int STEPS = 12;
  private static final int EPOCH = 3;

  static List<String> balances() {
    return Balances.ids();
  }

  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  /** What a training hands to a balancer, step by step, and all that it answers. */
  private static final class Play {
    private final Balance balance;
    private final Balancer balancer;
    private final List<String> tasks;
    private final long seed;
    private final List<Map<String, Double>> answers = new ArrayList<>();

    Play(String id, List<String> tasks, long seed) {
      balance = Balances.of(id);
      balancer = balance.start(tasks);
      this.tasks = tasks;
      this.seed = seed;
    }

    void steps(int from, int to) {
      for (int number = from; number < to; number++) {
        step(number);
      }
    }

    private void step(int number) {
      Map<String, Double> losses = losses(Rng.of(seed, number));
      answers.add(balancer.factors(() -> losses));
      if (balance.separatesTasks()) {
        answers.add(
            balancer.shares(products(losses, Rng.of(seed, number, 1)), Rng.of(seed, number, 2)));
      }
      Map<String, Double> after = losses(Rng.of(seed, number + 1));
      after.keySet().retainAll(losses.keySet());
      balancer.learn(new Balancer.Made(losses, () -> after, number % EPOCH == EPOCH - 1));
    }

    /** From a millionth to a million; of some tasks none, where there are several. */
    private Map<String, Double> losses(Rng rng) {
      Map<String, Double> losses = new LinkedHashMap<>();
      for (String task : tasks) {
        double loss = Math.pow(10, rng.uniform(-6, 6));
        if (tasks.size() == 1 || rng.chance(0.8)) {
          losses.put(task, loss);
        }
      }
      return losses;
    }

    /** Of gradients of four random values. */
    private static GradientProducts products(Map<String, Double> losses, Rng rng) {
      List<String> names = List.copyOf(losses.keySet());
      double[][] gradients = new double[names.size()][4];
      for (double[] gradient : gradients) {
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = rng.gaussian();
        }
      }
      double[][] products = new double[names.size()][names.size()];
      for (int i = 0; i < products.length; i++) {
        for (int j = 0; j < products.length; j++) {
          for (int k = 0; k < 4; k++) {
            products[i][j] += gradients[i][k] * gradients[j][k];
          }
        }
      }
      return new GradientProducts(names, products);
    }

    Map<String, ByteBuffer> state() {
      Map<String, ByteBuffer> state = new LinkedHashMap<>();
      balancer.state().forEach((name, tensor) -> state.put(name, tensor.toBytes()));
      return state;
    }
  }

  /** However far losses are apart; one may be so small beside the others that it is 0. */
  @Property(tries = 25)
  void weights_anyLosses_areFiniteAndNotNegative(@ForAll long seed) {
    for (String id : Balances.ids()) {
      for (List<String> tasks : List.of(TASKS, TASKS.subList(0, 1))) {
        try (Scope scope = Scope.open()) {
          Play play = new Play(id, tasks, seed);
          play.steps(0, STEPS);
          for (Map<String, Double> answer : play.answers) {
            assertThat(tasks).as("%s, seed %d", id, seed).containsAll(answer.keySet());
            assertThat(answer.values())
                .as("%s of %s, seed %d", id, tasks, seed)
                .allMatch(weight -> weight >= 0 && Double.isFinite(weight));
            assertThat(answer.isEmpty() || answer.values().stream().anyMatch(w -> w > 0))
                .as("%s of %s, seed %d", id, tasks, seed)
                .isTrue();
          }
        }
      }
    }
  }

  /** With what a checkpoint keeps, a new one answers as the old one would have. */
  @Property(tries = 10)
  void state_givenToAnother_goesOnWithTheSameBits(@ForAll long seed) {
    for (String id : Balances.ids()) {
      try (Scope scope = Scope.open()) {
        for (int stop = 1; stop < STEPS; stop += 3) {
          Play whole = new Play(id, TASKS, seed);
          whole.steps(0, stop);
          Play resumed = new Play(id, TASKS, seed);
          Map<String, Tensor> kept = new LinkedHashMap<>();
          whole.balancer.state().forEach((name, tensor) -> kept.put(name, tensor.copy()));
          Map<String, Long> steps = Map.copyOf(whole.balancer.steps());
          restore(resumed.balancer, kept, steps);
          whole.answers.clear();
          whole.steps(stop, STEPS);
          resumed.steps(stop, STEPS);
          assertThat(resumed.answers).as("%s, seed %d", id, seed).isEqualTo(whole.answers);
          assertThat(resumed.state()).as("%s, seed %d", id, seed).isEqualTo(whole.state());
        }
      }
    }
  }

  private static void restore(Balancer to, Map<String, Tensor> state, Map<String, Long> steps) {
    assertThat(to.state().keySet()).isEqualTo(state.keySet());
    try (Scope scope = Scope.inference()) {
      to.state().forEach((name, tensor) -> tensor.assignInPlace(state.get(name)));
    }
    to.restoreSteps(steps);
  }

  /** Names in checkpoints: none may be that of a parameter. */
  @ParameterizedTest
  @MethodSource("balances")
  void state_everyTensor_hasANameOfItsOwn(String id) {
    try (Scope scope = Scope.open()) {
      Balancer balancer = Balances.of(id).start(TASKS);
      assertThat(balancer.state().keySet()).allMatch(name -> name.contains("balance."));
      assertThat(balancer.steps().keySet()).allMatch(name -> name.startsWith("balance."));
    }
  }

  @ParameterizedTest
  @MethodSource("balances")
  void recompute_gradientsTaskByTask_isRefused(String id) {
    Balance balance = Balances.of(id);
    assertThatCode(() -> balance.checkRecompute(false)).doesNotThrowAnyException();
    if (balance.separatesTasks()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> balance.checkRecompute(true))
          .withMessageContaining("the balance " + id)
          .withMessageContaining("train.recompute");
    } else {
      assertThatCode(() -> balance.checkRecompute(true)).doesNotThrowAnyException();
    }
  }
}
