package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link MtLora} at work on one backbone. */
final class MtLoraAdaptation extends Adaptation {
  private final MtLora method;
  private final List<String> tasks;
  private final Rng rng;
  private final Map<Site, LowRankProjection> projections = new LinkedHashMap<>();

  MtLoraAdaptation(MtLora method, List<String> tasks, Rng rng) {
    this.method = method;
    this.tasks = List.copyOf(tasks);
    this.rng = rng;
  }

  @Override
  public Projection adapt(Linear base, Site site) {
    boolean adapted = method.slots().contains(site.slot());
    boolean forks = adapted && method.forks(site, tasks);
    int rank = method.sharedRank(site);
    if (!adapted || (rank == 0 && (method.reference() || !forks))) {
      return site.slot() == Slot.REDUCTION
          ? Projection.onEveryStream(base)
          : Projection.onSharedStream(base);
    }
    LowRankProjection made =
        forks
            ? TaskLora.of(method, base, site, tasks, rng)
            : new SharedLora(base, LowRank.shared(method, site, rng), method.dropout(site));
    projections.put(site, made);
    return made;
  }

  @Override
  public Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    projections.forEach(
        (site, layer) ->
            layer.ranks().forEach((task, rank) -> ranks.put(RankPatterns.name(site, task), rank)));
    return ranks;
  }

  @Override
  public Optional<ParameterChange> afterBackward(long step, long stepsPerEpoch) {
    return method.variant().shrinking().flatMap(how -> shrink(how, how.due(step, stepsPerEpoch)));
  }

  private Optional<ParameterChange> shrink(RankShrinking how, boolean due) {
    List<ParameterChange.Part> parts = new ArrayList<>();
    for (LowRankProjection layer : projections.values()) {
      layer.observe(how);
      if (due) {
        parts.addAll(layer.shrink(how));
      }
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(new ParameterChange(parts));
  }

  @Override
  public boolean trains(String parameter) {
    MtLora.Trained trained = method.trained();
    if (parameter.contains(".lora_") || trained.base()) {
      return true;
    }
    if (trained.biases() && parameter.contains("bias")) {
      return true;
    }
    boolean norm = parameter.contains("norm");
    if (parameter.startsWith("patch_embed.")) {
      return trained.patchEmbed() || (norm && trained.norms());
    }
    if (parameter.contains("downsample.reduction")) {
      return trained.reductions() && !method.slots().contains(Slot.REDUCTION);
    }
    return (norm && trained.norms())
        || (parameter.endsWith("relative_position_bias_table") && trained.biasTables());
  }

  @Override
  public boolean startsAtBase() {
    return method.mode() != MtLora.Mode.ADDITION;
  }

  @Override
  public boolean needsAllTasks() {
    return method.mode() == MtLora.Mode.ADDITION;
  }

  @Override
  public boolean referenceResiduals() {
    return method.reference();
  }
}
