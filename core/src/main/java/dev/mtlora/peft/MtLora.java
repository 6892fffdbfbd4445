package dev.mtlora.peft;

import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
 * stream once it has forked, else drop(x). QKV and the reduction never have task matrices: tasks
 * fork at the attention's output. Scales multiply directly (4.0 in the paper), they are not alpha /
 * r.
 *
 * <p>Besides the adapters, the patch embedding, the norms, the relative-position bias tables and
 * the dense reductions are trained, unless {@link Trained} says otherwise. MTLoRA+ is this method
 * with {@link Slot#REDUCTION} among the slots: it adapts the reductions and freezes the dense ones.
 *
 * <p>Where we differ from the reference implementation (see docs/numerics.md): with a shared rank
 * of 0 the task matrices stay, and tasks keep their residuals when a slot is off.
 *
 * @param mode how shared and task updates combine
 * @param ranks ranks per stage
 * @param scales factors per stage
 * @param dropout rate on the shared input, per stage
 * @param slots the layers to adapt
 * @param trained what else is trained
 * @param everyBlock task matrices in every block instead of the last of each stage; the extra forks
 *     end with their block
 * @param reference true for the reference's behaviour where ours differs
 * @param variant what is added to the paper's method
 */
public record MtLora(
    Mode mode,
    Ranks ranks,
    Scales scales,
    List<Double> dropout,
    Set<Slot> slots,
    Trained trained,
    boolean everyBlock,
    boolean reference,
    Variant variant)
    implements AdapterMethod {

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
   * Ranks by stage.
   *
   * @param shared rank of the shared matrices; 0 for none
   * @param tasks rank of the task matrices, by task; 0 forks the task without an update
   */
  public record Ranks(List<Integer> shared, Map<String, List<Integer>> tasks) {
    /** Checks the ranks. */
    public Ranks {
      shared = List.copyOf(shared);
      tasks = copy(tasks);
      shared.forEach(rank -> Sizes.checkRank(rank, "of shared has"));
      tasks.forEach(
          (task, list) -> list.forEach(rank -> Sizes.checkRank(rank, "of " + task + " has")));
    }

    /** The same ranks in all stages and tasks. */
    public static Ranks uniform(int stages, int shared, int task, List<String> tasks) {
      return new Ranks(repeat(stages, shared), perTask(tasks, repeat(stages, task)));
    }
  }

  /**
   * Factors of the updates, by stage.
   *
   * @param shared factor of the shared update
   * @param tasks factor of the task updates, by task
   * @param trainShared true to learn the shared factors, starting from the given ones
   * @param trainTasks true to learn the task factors
   */
  public record Scales(
      List<Double> shared,
      Map<String, List<Double>> tasks,
      boolean trainShared,
      boolean trainTasks) {
    /** Copies what it is given. */
    public Scales {
      shared = List.copyOf(shared);
      tasks = copy(tasks);
    }

    /** The same fixed factor everywhere. */
    public static Scales uniform(int stages, double scale, List<String> tasks) {
      return new Scales(repeat(stages, scale), perTask(tasks, repeat(stages, scale)), false, false);
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
    public static final Trained PAPER = new Trained(true, true, true, true, false, false);
  }

  /** Checks that all lists cover the same stages. */
  public MtLora {
    dropout = List.copyOf(dropout);
    slots = Set.copyOf(new TreeSet<>(slots));
    int stages = ranks.shared().size();
    requireStages(scales.shared(), "mtlora.scales.shared", stages);
    requireStages(dropout, "mtlora.dropout", stages);
    variant.requireFit(mode, scales);
    ranks.tasks().forEach((t, list) -> requireStages(list, "mtlora.ranks." + t, stages));
    scales.tasks().forEach((t, list) -> requireStages(list, "mtlora.scales." + t, stages));
  }

  /** The method as published. */
  public MtLora(
      Mode mode,
      Ranks ranks,
      Scales scales,
      List<Double> dropout,
      Set<Slot> slots,
      Trained trained,
      boolean everyBlock,
      boolean reference) {
    this(mode, ranks, scales, dropout, slots, trained, everyBlock, reference, Variant.PAPER);
  }

  /** The same method with additions to the paper's. */
  public MtLora with(Variant additions) {
    return new MtLora(
        mode, ranks, scales, dropout, slots, trained, everyBlock, reference, additions);
  }

  /** The paper's configuration: all four block slots, scale 4, dropout 0.05. */
  public static MtLora paper(int sharedRank, int taskRank, List<String> tasks) {
    return new MtLora(
        Mode.MATRIX,
        Ranks.uniform(4, sharedRank, taskRank, tasks),
        Scales.uniform(4, 4.0, tasks),
        repeat(4, 0.05),
        Set.of(Slot.QKV, Slot.PROJ, Slot.FC1, Slot.FC2),
        Trained.PAPER,
        false,
        false);
  }

  private static void requireStages(List<?> list, String name, int stages) {
    if (list.size() != stages) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must have one entry per stage (%d, as mtlora.ranks.shared) but has %d: %s",
              name,
              stages,
              list.size(),
              list));
    }
  }

  @Override
  public void check(List<Site> sites, List<String> tasks) {
    int stages = sites.stream().mapToInt(Site::stage).max().orElse(-1) + 1;
    requireStages(ranks.shared(), "mtlora.ranks.shared", stages);
    if (mode != Mode.LORA_ONLY) {
      requireTasks(ranks.tasks(), "mtlora.ranks", tasks);
      requireTasks(scales.tasks(), "mtlora.scales", tasks);
    }
    List<Site> adapted = sites.stream().filter(site -> slots.contains(site.slot())).toList();
    List<Site> forked = adapted.stream().filter(site -> forks(site, tasks)).toList();
    List<Site> shared =
        mode == Mode.ADDITION
            ? adapted.stream().filter(site -> !forks(site, tasks)).toList()
            : adapted;
    variant.ranks().requireMatches(shared, forked, tasks);
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    check(sites, tasks);
    return new MtLoraAdaptation(this, tasks, rng);
  }

  /** True if a layer that is adapted has task matrices. */
  boolean forks(Site site, List<String> tasks) {
    boolean place = site.inLastBlock() || everyBlock;
    boolean slot = site.slot() != Slot.QKV && site.slot() != Slot.REDUCTION;
    return place && slot && mode != Mode.LORA_ONLY && !tasks.isEmpty();
  }

  @Override
  public Map<String, List<Integer>> rankTable() {
    Map<String, List<Integer>> table = new LinkedHashMap<>();
    table.put("shared", ranks.shared());
    if (mode != Mode.LORA_ONLY) {
      table.putAll(ranks.tasks());
    }
    return table;
  }

  private static void requireTasks(Map<String, ?> given, String name, List<String> tasks) {
    for (String task : tasks) {
      if (!given.containsKey(task)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s lacks the task %s; it has %s", name, task, given.keySet()));
      }
    }
  }

  int sharedRank(Site site) {
    return variant.ranks().shared(site, ranks.shared().get(site.stage()));
  }

  int taskRank(Site site, String task) {
    List<Integer> byStage = ranks.tasks().getOrDefault(task, List.of());
    return variant.ranks().task(site, task, byStage.get(site.stage()));
  }

  double dropout(Site site) {
    return dropout.get(site.stage());
  }

  private static <T> List<T> repeat(int count, T value) {
    return java.util.Collections.nCopies(count, value);
  }

  private static <T> Map<String, List<T>> perTask(List<String> tasks, List<T> values) {
    Map<String, List<T>> map = new LinkedHashMap<>();
    tasks.forEach(task -> map.put(task, values));
    return map;
  }

  private static <T> Map<String, List<T>> copy(Map<String, List<T>> map) {
    Map<String, List<T>> copy = new LinkedHashMap<>();
    map.forEach((key, list) -> copy.put(key, List.copyOf(list)));
    return java.util.Collections.unmodifiableMap(copy);
  }
}
