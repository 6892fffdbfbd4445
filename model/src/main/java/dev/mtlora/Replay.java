package dev.mtlora;

import dev.mtlora.image.Block;
import dev.mtlora.image.Size;
import dev.mtlora.model.Forward;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.RecordingException;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Script;
import dev.mtlora.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes the logits of a model by replaying recordings of it, which takes libtorch one call
 * instead of hundreds. There is one for every choice of tasks and size that was asked for, up to
 * eight: each has a copy of the weights, and a program whose pictures all have sizes of their own
 * would run out of memory. Further choices, what cannot be recorded, and arithmetic in bf16 the
 * model computes itself, which is slower and equal but for rounding; it is said once for each
 * reason. All of it happens on the model's thread.
 */
final class Replay implements Forward {
  static final int MOST = 8; // recordings

  private static final System.Logger LOG = System.getLogger(Replay.class.getName());

  private final MultiTaskModel model;
  private final Forward own;
  private final Map<Key, Optional<Script>> scripts = new HashMap<>();
  private boolean changing;
  private boolean full;

  private record Key(List<String> tasks, Size size) {}

  Replay(MultiTaskModel model) {
    this.model = model;
    own = Predictor.forward(model);
  }

  @Override
  public Map<String, Block> logits(Block images, List<String> tasks, DType precision) {
    Key key = new Key(List.copyOf(tasks), new Size(images.height(), images.width()));
    boolean taken =
        !changing
            && precision == DType.F32
            && model.device().equals(Device.CPU)
            && model.dtype() == DType.F32
            && hasRoom(key);
    Optional<Script> script =
        taken ? scripts.computeIfAbsent(key, Replay.this::script) : Optional.empty();
    return script.map(s -> run(s, images)).orElseGet(() -> own.logits(images, tasks, precision));
  }

  private boolean hasRoom(Key key) {
    if (scripts.containsKey(key) || scripts.size() < MOST) {
      return true;
    }
    if (!full) {
      full = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "there are recordings of {0} choices of tasks and sizes, and no more are made: the model"
              + " computes {1} of {2} itself, as all further ones; ask for fewer, or letterbox"
              + " pictures to one size",
          MOST,
          key.tasks(),
          key.size());
    }
    return false;
  }

  /** How many choices have a recording, or were found to have none. */
  int known() {
    return scripts.size();
  }

  private Optional<Script> script(Key key) {
    try {
      RecordedModel what =
          new RecordedModel(key.tasks(), key.size(), 0, RecordedModel.Outputs.LOGITS);
      return Optional.of(Script.of(recorded(model, what, true)));
    } catch (RecordingException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the model computes itself, without a recording: {0}",
          e.getMessage());
      return Optional.empty();
    }
  }

  private static Map<String, Block> run(Script script, Block images) {
    Map<String, Block> logits = new LinkedHashMap<>();
    try (Scope scope = Scope.inference()) {
      Tensor input =
          Tensor.of(
              images.values(), images.count(), images.channels(), images.height(), images.width());
      script.run(input).forEach((task, out) -> logits.put(task, Predictor.block(out)));
    }
    return logits;
  }

  /**
   * Records a model.
   *
   * @param merged true for its merged form; it is afterwards as it was
   */
  static Graph recorded(MultiTaskModel model, RecordedModel what, boolean merged) {
    if (!merged || model.merged()) {
      return what.of(model);
    }
    try (Scope scope = Scope.open()) {
      try {
        model.merge();
        return what.of(model);
      } finally {
        model.unmerge();
      }
    }
  }

  /**
   * Frees recordings: the model may become another.
   *
   * @param changing true if it does from now on, so that nothing is recorded; false if it has
   */
  void forget(boolean changing) {
    this.changing = changing;
    scripts.values().forEach(script -> script.ifPresent(Script::close));
    scripts.clear();
    full = false;
  }
}
