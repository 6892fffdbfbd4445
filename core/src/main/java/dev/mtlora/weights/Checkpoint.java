package dev.mtlora.weights;

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

  private static final OpenContent.Description<JsonNode> DESCRIPTION =
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
    try (OpenContent<JsonNode> open = open(folder)) {
      JsonNode json = open.description();
      return Optional.of(new Progress(json.path("step").asLong(), json.path("history").toString()));
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
    try (OpenContent<JsonNode> open = open(folder, MODEL, OPTIMIZER)) {
      return read(open, open.description());
    }
  }

  private static TrainState read(OpenContent<JsonNode> open, JsonNode json) {
    Map<String, Long> steps = new LinkedHashMap<>();
    json.path("optimizer_steps")
        .properties()
        .forEach(e -> steps.put(e.getKey(), e.getValue().asLong()));
    try {
      return new TrainState(
          json.path("step").asLong(),
          json.path("epoch").asInt(),
          json.path("batch").asInt(),
          json.path("seed").asLong(),
          steps,
          TensorFile.read(open.tensors(MODEL)),
          TensorFile.read(open.tensors(OPTIMIZER)),
          unlearnt(json),
          json.path("history").toString(),
          json.path("config").toString(),
          json.path("version").asText());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          open.file(STATE),
          "contradicts itself: "
              + e.getMessage()
              + "; it is damaged or was edited: take another checkpoint (best, last or last-STEP)",
          e);
    }
  }

  /** Checkpoints of former versions do not say it, and are taken to have learnt. */
  private static List<String> unlearnt(JsonNode json) {
    List<String> tasks = new ArrayList<>();
    json.path("unlearnt").forEach(task -> tasks.add(task.asText()));
    return tasks;
  }

  private static JsonNode state(Path file, byte[] description) {
    JsonNode json;
    try {
      json = JSON.readTree(description);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
    if (json.path("format").asInt() != FORMAT) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT,
              "has format %s but this version reads format %d",
              json.path("format"),
              FORMAT));
    }
    return json;
  }

  /**
   * Loads only the model of a checkpoint, for evaluation and prediction.
   *
   * @throws CheckpointException if the checkpoint is missing or does not hold this model
   */
  public static void loadModel(Path folder, Module model) {
    try (OpenContent<JsonNode> open = open(folder, MODEL)) {
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

  private static OpenContent<JsonNode> open(Path folder, String... files) {
    if (!exists(folder)) {
      throw new CheckpointException(
          folder,
          "holds no checkpoint; training keeps one every few epochs and when it is interrupted");
    }
    return OpenContent.of(new AtomicFolder(folder), DESCRIPTION, files);
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
