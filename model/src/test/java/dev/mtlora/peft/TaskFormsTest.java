package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.Level;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.tensor.Work;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The forms with weights for every task compute what the shared forms do, task by task, in one pass
 * for each.
 */
class TaskFormsTest {
  private static final SwinSettings SETTINGS =
      new SwinSettings(32, 8, List.of(2, 2), List.of(1, 2), 4, 4, 0, SwinSettings.Options.STANDARD);
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final Set<Slot> ALL_SLOTS = Set.copyOf(Slot.all());

  private static Backbone backbone(AdapterMethod method, long seed) {
    Backbone backbone = Backbone.of(SETTINGS, method, TASKS, new Rng(seed));
    Rng rng = new Rng(100 + seed);
    backbone
        .parameters()
        .values()
        .forEach(p -> p.tensor().assignInPlace(Tensor.uniform(rng, -1, 1, p.tensor().shape())));
    backbone.train(false);
    return backbone;
  }

  /** Gives one task, or all of those that share something, the weights of a shared form. */
  private static void copy(Backbone shared, Backbone perTask, String task) {
    Map<String, Tensor> from = Module.tensors(shared.parameters());
    perTask
        .parameters()
        .forEach(
            (name, value) -> {
              String source = name.replace("lora_tasks_", "lora_shared_").replace("." + task, "");
              if (from.containsKey(source)) {
                value.tensor().assignInPlace(Objects.requireNonNull(from.get(source)));
              }
            });
  }

  private static void assertTaskBehavesAsShared(AdapterMethod shared, AdapterMethod perTask) {
    try (Scope scope = Scope.inference()) {
      for (String task : TASKS) {
        Backbone one = backbone(shared, 1);
        Backbone many = backbone(perTask, 2);
        copy(one, many, task);
        Tensor images = Tensor.randn(new Rng(3), 2, 3, 32, 32);
        List<Level> expected = one.forward(images, TASKS);
        List<Level> actual = many.forward(images, TASKS);
        for (int level = 0; level < expected.size(); level++) {
          assertThat(
                  largest(
                      actual
                          .get(level)
                          .streams()
                          .of(task)
                          .minus(expected.get(level).streams().of(task))))
              .as("%s, level %d", task, level)
              .isCloseTo(0, within(1e-4 * largest(expected.get(level).streams().shared())));
        }
        assertThat(largest(actual.get(1).map("semseg").minus(actual.get(1).map("normals"))))
            .isGreaterThan(1e-2);
      }
    }
  }

  private static double largest(Tensor tensor) {
    double largest = 0;
    for (double value : tensor.toDoubles()) {
      largest = Double.isNaN(value) ? Double.NaN : Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void adaptersOfTasks_withTheSharedWeights_computeTheSame() {
    Adapter shared = new Adapter(2, Adapter.Sharing.SINGLE);
    assertTaskBehavesAsShared(shared, new Adapter(2, Adapter.Sharing.MULTIPLE));
    assertTaskBehavesAsShared(shared, new Adapter(2, Adapter.Sharing.HALF_SHARED));
  }

  @Test
  void loraOfTasks_withTheSharedWeights_computesTheSame() {
    assertTaskBehavesAsShared(
        new Lora(2, 0.5, ALL_SLOTS, false), new Lora(2, 0.5, ALL_SLOTS, true));
  }

  /** Of a forward pass for the first tasks of three. */
  private static long multiplyAdds(AdapterMethod method, int tasks) {
    List<String> all = List.of("semseg", "sal", "normals");
    try (Scope scope = Scope.inference();
        Work count = Work.open()) {
      Backbone.of(SETTINGS, method, all, new Rng(1))
          .forward(Tensor.zeros(1, 3, 32, 32), all.subList(0, tasks));
      return count.multiplyAdds();
    }
  }

  @Test
  void multiplyAdds_ofTasksApart_arePassesOfOneBehindThePartBeforeTheFork() {
    long patches = 64 * (3 * 4 * 4) * 8; // positions, pixels, channels
    long attention = 64 * (3 * 8 * 8 + 2 * 16 * 8 + 8 * 8); // qkv; products in windows of 16; proj
    assertPasses(new Lora(2, 1, ALL_SLOTS, true), patches);
    assertPasses(new Lora(2, 1, Set.of(Slot.PROJ), true), patches + attention - 64 * 8 * 8);
    assertPasses(new Adapter(2, Adapter.Sharing.MULTIPLE), patches + attention);
    assertPasses(new Adapter(2, Adapter.Sharing.HALF_SHARED), patches + attention);
    assertPasses(new Polyhistor(2, 1, 4, false), patches + attention);
    assertPasses(new Polyhistor(2, 1, 4, true), patches + attention);
    assertPasses(new HyperFormer(2, 4), patches + attention);
  }

  private static void assertPasses(AdapterMethod method, long before) {
    long one = multiplyAdds(method, 1) - before;
    for (int tasks = 2; tasks <= 3; tasks++) {
      assertThat(multiplyAdds(method, tasks))
          .as("%s, %d tasks", method, tasks)
          .isEqualTo(before + tasks * one);
    }
  }
}
