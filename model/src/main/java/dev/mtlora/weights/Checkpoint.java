package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Usual;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder with everything that resuming needs: {@code model.safetensors} (all parameters and
 * buffers), {@code optimizer.safetensors} (moments) and {@code state.json} (step, position in the
 * data, seed, the optimiser's counts, evaluations, configuration, version of the code). The
 * learning rate is a function of configuration and step, every random number one of seed and step:
 * neither schedules nor generators have a state to keep.
 *
 * <p>Whatever happens while one is written, a whole one can be read: see {@link AtomicFolder}.
 */
public final class Checkpoint {
  private static final String MODEL = "model.safetensors";

  /** Name of the file of the optimiser's moments, which predicting does not need. */
  public static final String OPTIMIZER = "optimizer.safetensors";

  private static final String STATE = "state.json";
  private static final int FORMAT = 1;

  /** Evaluations are kept for as long as a training lasts. */
  private static final int MOST_STATE = 64 << 20;

  private static final Bind BIND = Bind.json();

  private static final OpenContent.Description<State> DESCRIPTION =
      new OpenContent.Description<>(STATE, Checkpoint::state);

  private Checkpoint() {}

  /**
   * Writes a checkpoint, replacing the one that the folder holds.
   *
   * @throws CheckpointException if it cannot be written; the old one is then still there
   */
  public static void write(Path folder, TrainState state) {
    write(folder, state, 1);
  }

  /**
   * Writes a checkpoint; the former ones stay beside it as {@code NAME-STEP}.
   *
   * @param keep checkpoints of other steps to have afterwards, at most, this one included
   * @throws CheckpointException if it cannot be written; the old one is then still there
   */
  public static void write(Path folder, TrainState state, int keep) {
    write(folder, state, keep, Optional.empty());
  }

  /**
   * The same.
   *
   * @param model says what the model is, in a file beside
   */
  public static void write(Path folder, TrainState state, int keep, Optional<ModelFile> model) {
    FormerCheckpoints former = new FormerCheckpoints(folder, state.step(), keep);
    byte[] description = json(folder, state);
    try {
      new AtomicFolder(folder)
          .replace(
              temporary -> {
                TensorFile.write(temporary.resolve(MODEL), state.model());
                TensorFile.write(temporary.resolve(OPTIMIZER), state.optimizer());
                if (model.isPresent()) {
                  model.get().write(temporary);
                }
                Files.write(temporary.resolve(STATE), description);
              },
              former::retire);
    } catch (IOException e) {
      throw new CheckpointException(
          folder, "cannot be written (is there space left, and permission to write?): " + e, e);
    }
  }

  /**
   * The step of the checkpoint in exactly this folder; -1 if none, or not a whole one, is there.
   */
  static long stepIn(Path folder) throws IOException {
    Path state = folder.resolve(STATE);
    return Files.isRegularFile(state) ? stepOf(Files.readAllBytes(state)) : -1;
  }

  /**
   * How far a training was.
   *
   * @param step optimiser steps made
   * @param history evaluations so far, as a JSON array
   */
  public record Progress(long step, String history) {}

  /**
   * How far the training of a checkpoint was, without its tensors; empty if there is none.
   *
   * @throws CheckpointException if it is damaged
   */
  public static Optional<Progress> progress(Path folder) {
    if (!exists(folder)) {
      return Optional.empty();
    }
    State state = described(folder);
    return Optional.of(new Progress(state.step(), state.history().toString()));
  }

  /** The folders of the checkpoints that were kept before the last one, the oldest first. */
  public static List<Path> former(Path last) {
    try {
      return FormerCheckpoints.beside(last);
    } catch (IOException e) {
      throw new CheckpointException(last, "what lies beside it cannot be listed: " + e, e);
    }
  }

  /** True if the folder holds a checkpoint, also while another process replaces it. */
  public static boolean exists(Path folder) {
    return OpenContent.exists(new AtomicFolder(folder), STATE);
  }

  /**
   * Reads a checkpoint, all of it from the same one if another process replaces it meanwhile; its
   * tensors belong to the scope that is open.
   *
   * @throws CheckpointException if it is missing or damaged, or its parts contradict each other
   */
  public static TrainState read(Path folder) {
    try (OpenContent<State> open = open(folder, MODEL, OPTIMIZER)) {
      return read(open, open.description());
    }
  }

  /** What a checkpoint says of itself; see {@link #read}. */
  static State described(Path folder) {
    try (OpenContent<State> open = open(folder)) {
      return open.description();
    }
  }

  /**
   * The file beside the tensors.
   *
   * @param format of the file
   * @param step updates made
   * @param epoch of the next batch
   * @param batch position of the next batch in its epoch
   * @param seed of the run
   * @param version of the code
   * @param config the run's configuration
   * @param history evaluations so far
   * @param unlearnt tasks that have had no label yet; checkpoints of former versions do not say it,
   *     and are taken to have learnt
   * @param optimizerSteps updates made, by parameter
   */
  record State(
      int format,
      long step,
      int epoch,
      int batch,
      long seed,
      @Usual("") String version,
      JsonNode config,
      JsonNode history,
      @Usual("[]") List<String> unlearnt,
      Map<String, Long> optimizerSteps) {

    static State of(TrainState state) {
      return new State(
          FORMAT,
          state.step(),
          state.epoch(),
          state.batch(),
          state.seed(),
          state.version(),
          JsonText.read(state.config()),
          JsonText.read(state.history().getBytes(StandardCharsets.UTF_8), MOST_STATE),
          state.unlearnt(),
          state.optimizerSteps());
    }
  }

  private static TrainState read(OpenContent<State> open, State state) {
    try {
      return new TrainState(
          state.step(),
          state.epoch(),
          state.batch(),
          state.seed(),
          state.optimizerSteps(),
          TensorFile.read(open.tensors(MODEL)),
          TensorFile.read(open.tensors(OPTIMIZER)),
          state.unlearnt(),
          state.history().toString(),
          state.config().toString(),
          state.version());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          open.file(STATE),
          "contradicts itself: "
              + e.getMessage()
              + "; it is damaged or was edited: take another checkpoint (best, last or last-STEP)",
          e);
    }
  }

  private static long stepOf(byte[] description) {
    try {
      return JsonText.read(description, MOST_STATE).path("step").asLong(-1);
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private static State state(Path file, byte[] description) {
    try {
      JsonNode json = JsonText.read(description, MOST_STATE);
      CheckpointException.requireFormat(file, json, FORMAT);
      return BIND.read(State.class, json);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads only the model of a checkpoint, for evaluation and prediction.
   *
   * @throws CheckpointException if the checkpoint is missing or does not hold this model
   */
  public static void loadModel(Path folder, Module model) {
    try (OpenContent<State> open = open(folder, MODEL)) {
      Weights.load(open.tensors(MODEL), model);
    }
  }

  /**
   * Overwrites a model's parameters and buffers; ranks that shrink become those of the checkpoint.
   *
   * @throws CheckpointException as {@link #restore(String, Map, Map)}
   */
  public static void restore(String what, Map<String, Tensor> saved, Module live) {
    try (Scope scope = Scope.inference()) {
      new StrictLoading(what, saved).into(live.state(), live.shrinking());
    }
  }

  /**
   * Overwrites an optimiser's moments.
   *
   * @param what said in messages: "the checkpoint's model"
   * @throws CheckpointException if a tensor is missing, unexpected or of another shape; nothing has
   *     been changed then
   */
  public static void restore(String what, Map<String, Tensor> saved, Map<String, Tensor> live) {
    try (Scope scope = Scope.inference()) {
      new StrictLoading(what, saved).into(live);
    }
  }

  private static OpenContent<State> open(Path folder, String... files) {
    if (!exists(folder)) {
      throw new CheckpointException(
          folder,
          "holds no checkpoint; training keeps one every few epochs and when it is interrupted");
    }
    return OpenContent.of(new AtomicFolder(folder), DESCRIPTION, files);
  }

  private static byte[] json(Path folder, TrainState state) {
    try {
      return BIND.write(State.of(state)).toPrettyString().getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(folder, "cannot be written: " + e.getMessage(), e);
    }
  }
}
