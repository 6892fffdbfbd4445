package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.files.Json;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Usual;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import dev.mtlora.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The description in an adapter's folder, {@code adapter_config.json}.
 *
 * @param format of the file
 * @param version of the code
 * @param method name of the adapter method
 * @param ranks by stage, of {@code shared} and of every task, as they were asked for
 * @param layerRanks of every layer, as they are
 * @param tasks what is predicted
 * @param preset name of the backbone's shape
 * @param preprocessing of pictures
 * @param metrics the scores
 * @param baseSha256 hash of the backbone's frozen weights, see {@link BaseHash}
 * @param dtype of what may be rounded
 * @param recipe the whole configuration of the training
 */
public record AdapterConfig(
    int format,
    @Usual("") String version,
    @Usual("") String method,
    Map<String, List<Integer>> ranks,
    Map<String, Integer> layerRanks,
    List<Described.Predicted> tasks,
    @Usual("") String preset,
    Optional<Described.Picture> preprocessing,
    @Usual("{}") Json metrics,
    @Usual("") String baseSha256,
    @Usual("F32") String dtype,
    @Usual("{}") Json recipe) {
  private static final int FORMAT = 1;
  private static final Bind BIND = Bind.json();
  private static final String PEFT = "peft_type";
  private static final String PEFT_ADAPTER =
      "a PEFT adapter, which is not read; merge it in Python,"
          + " model.merge_and_unload().save_pretrained(DIR), and start a training from it with"
          + " model.weights=DIR";

  /**
   * What only the training knows.
   *
   * @param spec what the model is
   * @param fit how pictures become what it sees
   * @param metrics the scores, as JSON
   * @param recipe the run's configuration, as a JSON object
   * @param version of the code
   * @param values what happens to the values of pictures
   */
  public record Origin(
      ModelSpec spec,
      Fit fit,
      String metrics,
      String recipe,
      String version,
      Preprocessing values) {
    /** With the usual values of pictures. */
    public Origin(ModelSpec spec, Fit fit, String metrics, String recipe, String version) {
      this(spec, fit, metrics, recipe, version, Preprocessing.imageNet());
    }

    ModelFile file() {
      return ModelFile.of(spec, fit, version).with(values);
    }
  }

  static AdapterConfig of(MultiTaskModel model, Origin origin, DType floats) {
    ModelSpec spec = origin.spec();
    return new AdapterConfig(
        FORMAT,
        origin.version(),
        spec.methodName(),
        spec.method().rankTable(spec.model().backbone().sites(), spec.taskNames()),
        model.backbone().ranks(),
        model.tasks().stream().map(Described.Predicted::of).toList(),
        spec.preset(),
        Optional.of(origin.file().preprocessing()),
        json("metrics", origin.metrics()),
        BaseHash.of(model),
        floats.name(),
        json("recipe", origin.recipe()));
  }

  private static Json json(String what, String text) {
    try {
      return new Json(JsonText.read(text).toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the %s of an adapter must be JSON but %s", what, e.getMessage()),
          e);
    }
  }

  /** True if it has the configuration of a training, which scoring needs, too. */
  public boolean hasRun() {
    return JsonText.read(recipe.text()).has("tasks");
  }

  byte[] bytes() {
    return BIND.write(this).toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a description.
   *
   * @param file an {@code adapter_config.json}
   * @throws CheckpointException if it is missing, damaged or of a newer format
   */
  public static AdapterConfig read(Path file) {
    try {
      return parse(file, JsonText.bytes(file));
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          file, "does not exist; name the folder that holds " + AdapterFile.CONFIG, e);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
  }

  /** Takes a description apart that was read from a file. */
  static AdapterConfig parse(Path file, byte[] description) {
    try {
      JsonNode json = JsonText.read(description);
      if (json.has(PEFT)) {
        throw new CheckpointException(file, "describes " + PEFT_ADAPTER);
      }
      CheckpointException.requireFormat(file, json, FORMAT);
      return BIND.read(AdapterConfig.class, json);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** What a folder with a description is, for those who wanted weights to start from. */
  static String whatFolder(Path folder) {
    Path file = folder.resolve(AdapterFile.CONFIG);
    try {
      JsonNode json = JsonText.read(JsonText.bytes(file));
      return json.has(PEFT)
          ? "is " + PEFT_ADAPTER
          : "is an adapter of mtlora, which has no backbone of its own; name the weights that it"
              + " was trained on, or give the folder to eval, predict or merge";
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckpointException(folder, "cannot be read: " + e.getMessage(), e);
    }
  }
}
