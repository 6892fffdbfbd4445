package dev.mtlora.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "state.json";
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

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
    FormerCheckpoints former = new FormerCheckpoints(folder, state.step(), keep);
    try {
      new AtomicFolder(folder)
          .replace(
              temporary -> {
                TensorFile.write(temporary.resolve(MODEL), state.model());
                TensorFile.write(temporary.resolve(OPTIMIZER), state.optimizer());
                Files.write(temporary.resolve(STATE), json(state));
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
    return Files.isRegularFile(state)
        ? JSON.readTree(Files.readAllBytes(state)).path("step").asLong(-1)
        : -1;
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
    Path current = existing(folder);
    Path state = current.resolve(STATE);
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(state));
      requireFormat(current, json);
      return Optional.of(new Progress(json.path("step").asLong(), json.path("history").toString()));
    } catch (IOException e) {
      throw new CheckpointException(state, "cannot be read: " + e, e);
    }
  }

  /** The folders of the checkpoints that were kept before the last one, the oldest first. */
  public static List<Path> former(Path last) {
    try {
      return FormerCheckpoints.beside(last);
    } catch (IOException e) {
      throw new CheckpointException(last, "what lies beside it cannot be listed: " + e, e);
    }
  }

  /** True if the folder holds a checkpoint. */
  public static boolean exists(Path folder) {
    return Files.isRegularFile(new AtomicFolder(folder).current().resolve(STATE));
  }

  /**
   * Reads a checkpoint; its tensors belong to the scope that is open.
   *
   * @throws CheckpointException if it is missing or damaged
   */
  public static TrainState read(Path folder) {
    Path current = existing(folder);
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(current.resolve(STATE)));
      requireFormat(current, json);
      Map<String, Long> steps = new LinkedHashMap<>();
      json.path("optimizer_steps")
          .properties()
          .forEach(e -> steps.put(e.getKey(), e.getValue().asLong()));
      return new TrainState(
          json.path("step").asLong(),
          json.path("epoch").asInt(),
          json.path("batch").asInt(),
          json.path("seed").asLong(),
          steps,
          TensorFile.read(current.resolve(MODEL)),
          TensorFile.read(current.resolve(OPTIMIZER)),
          unlearnt(json),
          json.path("history").toString(),
          json.path("config").toString(),
          json.path("version").asText());
    } catch (IOException e) {
      throw new CheckpointException(current, "cannot be read: " + e, e);
    }
  }

  /** Checkpoints of former versions do not say it, and are taken to have learnt. */
  private static List<String> unlearnt(JsonNode json) {
    List<String> tasks = new ArrayList<>();
    json.path("unlearnt").forEach(task -> tasks.add(task.asText()));
    return tasks;
  }

  private static void requireFormat(Path folder, JsonNode json) {
    if (json.path("format").asInt() != FORMAT) {
      throw new CheckpointException(
          folder.resolve(STATE),
          String.format(
              Locale.ROOT,
              "has format %s but this version reads format %d",
              json.path("format"),
              FORMAT));
    }
  }

  /**
   * Loads only the model of a checkpoint, for evaluation and prediction.
   *
   * @throws CheckpointException if the checkpoint is missing or does not hold this model
   */
  public static void loadModel(Path folder, Module model) {
    Weights.load(existing(folder).resolve(MODEL), model);
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

  private static Path existing(Path folder) {
    if (!exists(folder)) {
      throw new CheckpointException(
          folder,
          "holds no checkpoint; training keeps one every few epochs and when it is interrupted");
    }
    return new AtomicFolder(folder).current();
  }

  private static byte[] json(TrainState state) throws JsonProcessingException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT)
        .put("step", state.step())
        .put("epoch", state.epoch())
        .put("batch", state.batch())
        .put("seed", state.seed())
        .put("version", state.version());
    json.set("config", JSON.readTree(state.config()));
    json.set("history", JSON.readTree(state.history()));
    state.unlearnt().forEach(json.putArray("unlearnt")::add);
    state.optimizerSteps().forEach(json.putObject("optimizer_steps")::put);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }
}
