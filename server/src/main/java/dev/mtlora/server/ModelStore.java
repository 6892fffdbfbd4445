package dev.mtlora.server;

import dev.mtlora.model.Predictor;
import dev.mtlora.server.Refusal.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Models by name. Each has a folder, given by the program: requests say names, never paths. A model
 * is loaded, loaded anew from its folder, and unloaded while others, and it itself, are used:
 * requests that have begun end with the model that they began with, and its memory is freed
 * afterwards. One that cannot be loaded anew leaves the one that is there. While it is loaded anew,
 * both are in memory. All methods may be called from any thread.
 */
public final class ModelStore implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.\\-]{0,99}");

  private final ServedModel.Opener opener;
  private final Batching batching;
  private final Object loading = new Object(); // held by who opens a model
  private final Map<String, Slot> slots = new ConcurrentSkipListMap<>();
  private volatile Batcher.Watcher watcher = (pictures, nanos) -> {};

  /**
   * Of models that compute themselves, batched as usual. Those over one base have its weights once.
   */
  public ModelStore() {
    this(ServedModel::open, Batching.USUAL);
  }

  /**
   * Of models that are opened in a way of its own.
   *
   * @param opener of folders
   */
  public ModelStore(ServedModel.Opener opener, Batching batching) {
    this.opener = opener;
    this.batching = batching;
  }

  /**
   * A model that there is.
   *
   * @param name of it
   * @param ready true if it is loaded
   * @param reason why it is not; empty if it is
   */
  public record Entry(String name, boolean ready, String reason) {}

  private static final class Slot {
    private final Path folder;
    private final ModelStats stats = new ModelStats();
    private volatile @Nullable Serving serving;
    private volatile String reason = "not loaded yet";

    Slot(Path folder) {
      this.folder = folder;
    }
  }

  /** A model while it is used. */
  record Lease(String name, Serving serving, ModelStats stats) implements AutoCloseable {
    Predictor predictor() {
      return serving.predictor();
    }

    @Override
    public void close() {
      serving.leave();
    }
  }

  /**
   * Adds a model and loads it.
   *
   * @param name 1 to 100 letters, digits, {@code _}, {@code -} and dots, no dot or hyphen first
   * @param folder that the opener takes
   * @throws IllegalArgumentException if the name cannot be one, or is taken
   * @throws dev.mtlora.weights.CheckpointException if the folder holds no model
   */
  public void add(String name, Path folder) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' cannot be the name of a model in addresses: take up to 100 letters, digits, _, -"
                  + " and dots",
              name));
    }
    Slot slot = new Slot(folder);
    if (slots.putIfAbsent(name, slot) != null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "two models are named '%s'; name them differently", name));
    }
    try {
      load(name, slot);
    } catch (RuntimeException | Error e) {
      slots.remove(name);
      throw e;
    }
  }

  /**
   * Loads a model, anew if it is loaded.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws dev.mtlora.weights.CheckpointException if it cannot be loaded; what was loaded stays
   */
  public void load(String name) {
    load(name, known(name));
  }

  private void load(String name, Slot slot) {
    synchronized (loading) { // one after the other: the second may use what the first has
      reload(name, slot);
    }
  }

  private void reload(String name, Slot slot) {
    synchronized (slot) {
      ServedModel model;
      try {
        model = opened(slot.folder);
      } catch (RuntimeException | Error e) {
        if (slot.serving == null) {
          slot.reason = "its last loading failed";
        }
        throw e;
      }
      Serving before = slot.serving;
      slot.serving = serving(name, model, slot.stats);
      slot.reason = "";
      if (before != null) {
        before.retire();
      }
    }
  }

  private Serving serving(String name, ServedModel model, ModelStats stats) {
    try {
      return new Serving(name, model, batching, watcher(stats));
    } catch (RuntimeException | Error e) { // no thread is to be had, for instance
      model.close();
      throw e;
    }
  }

  /** Whoever lends weights is kept open meanwhile. */
  private ServedModel opened(Path folder) {
    List<Serving> held = new ArrayList<>();
    try {
      for (Slot other : slots.values()) {
        Serving serving = other.serving;
        if (serving != null && serving.enter()) {
          held.add(serving);
        }
      }
      return opener.open(folder, held.stream().flatMap(s -> s.lender().stream()).toList());
    } finally {
      held.forEach(Serving::leave);
    }
  }

  private Batcher.Watcher watcher(ModelStats stats) {
    return (pictures, nanos) -> {
      stats.onBatch(pictures, nanos);
      watcher.onBatch(pictures, nanos);
    };
  }

  /** Who hears of all batches, too. */
  void watch(Batcher.Watcher all) {
    watcher = all;
  }

  /**
   * Unloads a model; it can be loaded again. Does nothing if it is not loaded.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public void unload(String name) {
    Slot slot = known(name);
    synchronized (slot) {
      Serving before = slot.serving;
      slot.serving = null;
      slot.reason = "unloaded";
      if (before != null) {
        before.retire();
      }
    }
  }

  private Slot known(String name) {
    Slot slot = slots.get(name);
    if (slot == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "there is no model '%s', only %s", name, slots.keySet()));
    }
    return slot;
  }

  /** All models, by name. */
  public List<Entry> index() {
    return slots.entrySet().stream()
        .map(e -> new Entry(e.getKey(), e.getValue().serving != null, e.getValue().reason))
        .toList();
  }

  /** True if all are loaded. */
  boolean isReady() {
    return index().stream().allMatch(Entry::ready);
  }

  /** True if there is one of that name, and it is loaded. */
  boolean isReady(String name) {
    return index().stream().anyMatch(entry -> entry.name().equals(name) && entry.ready());
  }

  /** How long a request may take. */
  Duration deadline() {
    return batching.deadline();
  }

  /** Most pictures of a request. */
  int most() {
    return batching.most();
  }

  /** Fails, as the client's fault, if there is none of that name. */
  void require(String name) {
    if (!slots.containsKey(name)) {
      throw unknown();
    }
  }

  /** What a model has done; empty if there is none of that name. */
  Optional<ModelStats> stats(String name) {
    return Optional.ofNullable(slots.get(name)).map(slot -> slot.stats);
  }

  /**
   * A model to use, until that is closed.
   *
   * @throws Refusal if there is none of that name, or it is not loaded
   */
  Lease use(String name) {
    Slot slot = slots.get(name);
    if (slot == null) {
      throw unknown();
    }
    for (Serving serving = slot.serving; serving != null; serving = slot.serving) {
      if (serving.enter()) {
        return new Lease(name, serving, slot.stats);
      }
    }
    throw new Refusal(Kind.NOT_READY, "the model is not loaded (%s)", slot.reason);
  }

  /** The only model: what a request means that names none. */
  String only() {
    if (slots.size() != 1) {
      throw Refusal.bad("name a model: model=NAME; GET /v1/models lists all");
    }
    return slots.keySet().iterator().next();
  }

  static Refusal unknown() {
    return new Refusal(
        Kind.NOT_FOUND, "there is no model of that name; POST /v2/repository/index lists all");
  }

  /** Unloads all. */
  @Override
  public void close() {
    slots.keySet().forEach(this::unload);
  }
}
