package dev.mtlora.train.balance;

import java.util.List;

/** The paper's way: the weights of the tasks and nothing else. */
public record FixedWeights() implements Balance {
  @Override
  public Balancer start(List<String> tasks) {
    return new Balancer(tasks) {};
  }
}
