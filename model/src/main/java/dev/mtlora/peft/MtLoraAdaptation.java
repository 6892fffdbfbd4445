package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    boolean adapted = method.adapts(site);
    boolean forks = adapted && method.forks(site, tasks);
    int rank = method.sharedRank(site);
    if (!adapted || (rank == 0 && (method.reference() || !forks))) {
      return site.kind() == Site.Kind.REDUCTION
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
  public void afterBackward(long step, long stepsPerEpoch) {
    method
        .variant()
        .shrink()
        .ifPresent(
            how -> {
              projections.values().forEach(layer -> layer.observe(how));
              if (how.due(step, stepsPerEpoch)) {
                projections.values().forEach(layer -> layer.choose(how));
              }
            });
  }

  @Override
  public boolean afterStep() {
    boolean any = false;
    for (LowRankProjection layer : projections.values()) {
      any |= layer.shrink();
    }
    return any;
  }

  @Override
  public boolean trains(Parameter parameter) {
    MtLora.Trained trained = method.trained();
    Parameter.Role role = parameter.role();
    if (parameter.owner().isAdded()
        || trained.base()
        || (trained.biases() && role.isBias())
        || (trained.norms() && role.isNorm())) {
      return true;
    }
    return switch (parameter.owner().part()) {
      case PATCHES -> trained.patchEmbed();
      case REDUCTIONS -> trained.reductions() && !method.adaptsReductions();
      default -> trained.biasTables() && role == Parameter.Role.POSITION_BIAS;
    };
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
