package dev.mtlora.peft;

import dev.mtlora.nn.Inline;
import dev.mtlora.nn.PerTask;
import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * MTLoRA (arXiv 2403.20320): low-rank adapters that tasks share in every block (TA-LoRA), and one
 * more per task in the last block of each stage (TS-LoRA), where every task gets a stream of its
 * own.
 *
 * <p>With W frozen, A {@code [r, in]} and B {@code [out, r]}:
 *
 * <pre>
 * shared stream   y   = W x + b + s B A drop(x)
 * task stream     y_t = W x + b + s_t B_t A_t x_t
 * </pre>
 *
 * W only ever sees the shared input x, so one product serves all tasks; x_t is the task's own
 * stream once it has forked, else drop(x). What reads into an attention and the reduction never
 * have task matrices: tasks fork at the attention's output. Scales multiply directly (4.0 in the
 * paper), they are not alpha / r.
 *
 * <p>Besides the adapters, the patch embedding, the norms, the relative-position bias tables and
 * the dense reductions are trained, unless {@link Trained} says otherwise. MTLoRA+ is this method
 * with {@link Slot#REDUCTION} among the slots: it adapts the reductions and freezes the dense ones.
 *
 * <p>Where we differ from the reference implementation (see docs/numerics.md): with a shared rank
 * of 0 the task matrices stay, and tasks keep their residuals when a slot is off.
 *
 * @param mode how shared and task updates combine
 * @param ranks of the matrices
 * @param scales factors of the updates
 * @param dropout rate on the shared input, at least 0 and below 1
 * @param slots the layers to adapt
 * @param plus true for MTLoRA+, which adapts the reductions, too, and freezes the dense ones
 * @param trained what else is trained
 * @param everyBlock true for task matrices in every block instead of the last of each stage; the
 *     extra forks end with their block
 * @param reference true for the reference's behaviour where ours differs
 * @param variant what is added to the paper's method
 */
public record MtLora(
    Mode mode,
    @Inline Ranks ranks,
    @Inline Scales scales,
    PerStage<Double> dropout,
    Set<Slot> slots,
    boolean plus,
    Trained trained,
    boolean everyBlock,
    boolean reference,
    @Inline Variant variant)
    implements AdapterMethod {
  private static final int TASK_RANK = 4;

  /** The paper's configuration: rank 64, tasks' rank 4, all four block slots, scale 4. */
  public static final MtLora PAPER = paper(64, TASK_RANK);

  /** How shared and task updates combine in a layer that has task matrices. */
  public enum Mode {
    /** As in the class essay; the default. */
    MATRIX,
    /** Tasks also get the shared update. */
    MATRIXV2,
    /** No shared matrices there: {@code y = W x + b + LN(Σ_t y_t)}. */
    ADDITION,
    /** No task matrices anywhere: plain LoRA shared by all tasks. */
    LORA_ONLY
  }

  /**
   * Ranks of the matrices.
   *
   * @param rank of the shared matrices, by stage; 0 for none
   * @param taskRank of the task matrices, by task and stage; 0 forks the task without an update
   */
  public record Ranks(PerStage<Integer> rank, PerTask<PerStage<Integer>> taskRank) {
    /** Checks the ranks. */
    public Ranks {
      if (taskRank.others().isEmpty()) {
        taskRank = new PerTask<>(Optional.of(PerStage.same(TASK_RANK)), taskRank.byTask());
      }
      rank.values().forEach(value -> Sizes.checkRank(value, "rank"));
      taskRank.others().ifPresent(r -> checkTaskRank(r, "taskRank"));
      taskRank.byTask().forEach((task, r) -> checkTaskRank(r, "taskRank." + task));
    }

    private static void checkTaskRank(PerStage<Integer> rank, String name) {
      rank.values().forEach(value -> Sizes.checkRank(value, name));
    }

    /** The same ranks in all stages and tasks. */
    public static Ranks of(int rank, int taskRank) {
      return new Ranks(PerStage.same(rank), PerTask.all(PerStage.same(taskRank)));
    }

    PerStage<Integer> of(String task) {
      return taskRank.of(task, PerStage.same(TASK_RANK));
    }
  }

  /**
   * Factors of the updates.
   *
   * @param scale factor of the shared update, by stage
   * @param taskScale factor of the task updates, by task and stage; the shared update's unless it
   *     is given
   * @param trainSharedScale true to learn the shared factors, starting from the given ones
   * @param trainTaskScales true to learn the task factors
   */
  public record Scales(
      PerStage<Double> scale,
      PerTask<PerStage<Double>> taskScale,
      boolean trainSharedScale,
      boolean trainTaskScales) {
    /** The same fixed factor everywhere. */
    public static Scales of(double scale) {
      return new Scales(PerStage.same(scale), PerTask.usual(), false, false);
    }

    PerStage<Double> of(String task) {
      return taskScale.of(task, scale);
    }
  }

  /**
   * What is trained besides the adapters and the decoders.
   *
   * @param patchEmbed the patch embedding
   * @param norms every norm; that of the patch embedding is frozen only if both are
   * @param biasTables relative-position bias tables
   * @param reductions the dense patch-merging reductions, unless they are adapted
   * @param biases every parameter with "bias" in its name, the bias tables included
   * @param base everything
   */
  public record Trained(
      boolean patchEmbed,
      boolean norms,
      boolean biasTables,
      boolean reductions,
      boolean biases,
      boolean base) {
    /** The paper's choice. */
    public static final Trained PAPER = new Trained();

    /** The paper's choice. */
    public Trained() {
      this(true, true, true, true, false, false);
    }
  }

  /** Checks the rates, and that the additions go with the rest. */
  public MtLora {
    slots = Slot.set(slots);
    dropout.values().forEach(MtLora::checkDropout);
    variant.requireFit(mode, scales);
  }

  private static void checkDropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "dropout must be at least 0 and below 1 but is %s", rate));
    }
  }

  /** The method as published: all four block slots, scale 4, dropout 0.05. */
  public static MtLora paper(int rank, int taskRank) {
    return new MtLora(
        Mode.MATRIX,
        Ranks.of(rank, taskRank),
        Scales.of(4),
        PerStage.same(0.05),
        Slot.OF_BLOCKS,
        false,
        Trained.PAPER,
        false,
        false,
        Variant.PAPER);
  }

  /** The same with additions to the paper's. */
  public MtLora with(Variant additions) {
    return new MtLora(
        mode, ranks, scales, dropout, slots, plus, trained, everyBlock, reference, additions);
  }

  /** The same in another mode. */
  public MtLora with(Mode other) {
    return new MtLora(
        other, ranks, scales, dropout, slots, plus, trained, everyBlock, reference, variant);
  }

  /** MTLoRA+. */
  public MtLora withPlus() {
    return new MtLora(
        mode, ranks, scales, dropout, slots, true, trained, everyBlock, reference, variant);
  }

  @Override
  public void check(List<Site> sites, List<String> tasks) {
    Slot.requireIn(slots, sites);
    if (plus && sites.stream().noneMatch(site -> site.kind() == Site.Kind.REDUCTION)) {
      throw new IllegalArgumentException(
          "plus adapts the reductions between stages (REDUCTION), and this backbone has none: leave"
              + " it out");
    }
    int stages = stages(sites);
    ranks.rank().requireStages(stages, "rank");
    ranks.taskRank().requireTasks(tasks, "taskRank");
    ranks.taskRank().stream().forEach(rank -> rank.requireStages(stages, "taskRank"));
    scales.scale().requireStages(stages, "scale");
    scales.taskScale().requireTasks(tasks, "taskScale");
    scales.taskScale().stream().forEach(scale -> scale.requireStages(stages, "taskScale"));
    dropout.requireStages(stages, "dropout");
    List<Site> adapted = sites.stream().filter(this::adapts).toList();
    List<Site> forked = adapted.stream().filter(site -> forks(site, tasks)).toList();
    List<Site> shared =
        mode == Mode.ADDITION
            ? adapted.stream().filter(site -> !forks(site, tasks)).toList()
            : adapted;
    variant.patterns().requireMatches(shared, forked, tasks);
  }

  private static int stages(List<Site> sites) {
    return sites.stream().mapToInt(Site::stage).max().orElse(-1) + 1;
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    check(sites, tasks);
    return new MtLoraAdaptation(this, tasks, rng);
  }

  /** True if a layer is adapted. */
  boolean adapts(Site site) {
    return Slot.anyNames(slots, site) || (plus && site.kind() == Site.Kind.REDUCTION);
  }

  /** True if the reductions are, and the dense ones stay as they are. */
  boolean adaptsReductions() {
    return plus || slots.contains(Slot.REDUCTION);
  }

  /** True if a layer that is adapted has task matrices. */
  boolean forks(Site site, List<String> tasks) {
    boolean place = site.inLastBlock() || everyBlock;
    return place && site.mayFork() && mode != Mode.LORA_ONLY && !tasks.isEmpty();
  }

  @Override
  public Map<String, List<Integer>> rankTable(List<Site> sites, List<String> tasks) {
    int stages = stages(sites);
    Map<String, List<Integer>> table = new LinkedHashMap<>();
    table.put("shared", ranks.rank().over(stages));
    if (mode != Mode.LORA_ONLY) {
      tasks.forEach(task -> table.put(task, ranks.of(task).over(stages)));
    }
    return table;
  }

  int sharedRank(Site site) {
    return variant.patterns().shared(site, ranks.rank().at(site.stage()));
  }

  int taskRank(Site site, String task) {
    return variant.patterns().task(site, task, ranks.of(task).at(site.stage()));
  }

  double scale(Site site) {
    return scales.scale().at(site.stage());
  }

  double taskScale(Site site, String task) {
    return scales.of(task).at(site.stage());
  }

  double dropout(Site site) {
    return dropout.at(site.stage());
  }
}
