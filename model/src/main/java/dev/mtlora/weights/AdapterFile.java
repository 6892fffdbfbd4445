package dev.mtlora.weights;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What training has added to a pre-trained backbone, and nothing else: a folder with {@code
 * adapter_model.safetensors} (adapters, the backbone's unfrozen parameters, necks, decoders,
 * statistics of norms; under the model's own names) and {@code adapter_config.json} (see {@link
 * AdapterConfig}); {@link ModelFile} lies beside them.
 *
 * <p>The file knows the base it belongs to by the hash of the values that training left alone
 * ({@link BaseHash}), and fits no other unless forced.
 */
public final class AdapterFile {
  /** Name of the file with the tensors. */
  public static final String MODEL = "adapter_model.safetensors";

  /** Name of the file with the description. */
  public static final String CONFIG = "adapter_config.json";

  private static final OpenContent.Description<AdapterConfig> DESCRIPTION =
      new OpenContent.Description<>(CONFIG, AdapterConfig::parse);

  private AdapterFile() {}

  /**
   * Writes the folder, replacing what it holds.
   *
   * @param floats F32, or F16 for half the size; buffers stay in f32, and so do parameters whose
   *     change is small beside their value ({@link Parameter#rounds}): the pairs that PiSSA starts
   *     as a part of W, and DoRA's lengths
   * @throws CheckpointException if it cannot be written, or if a value is too large for F16; what
   *     was there is then still there
   * @throws IllegalStateException if the model is merged
   */
  public static void write(
      Path folder, MultiTaskModel model, AdapterConfig.Origin origin, DType floats) {
    if (model.merged()) {
      throw new IllegalStateException(
          "a merged model has no adapters left to save: call unmerge() first");
    }
    if (floats != DType.F32 && floats != DType.F16) {
      throw new IllegalArgumentException("an adapter is stored in F32 or F16 but not in " + floats);
    }
    byte[] config = AdapterConfig.of(model, origin, floats).bytes();
    ModelFile file = origin.file();
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> tensors = stored(folder, model, floats);
      new AtomicFolder(folder)
          .replace(
              temporary -> {
                TensorFile.write(temporary.resolve(MODEL), tensors);
                Files.write(temporary.resolve(CONFIG), config);
                file.write(temporary);
              });
    } catch (IOException e) {
      throw new CheckpointException(
          folder, "cannot be written (is there space left, and permission to write?): " + e, e);
    }
  }

  private static Map<String, Tensor> stored(Path folder, MultiTaskModel model, DType floats) {
    Map<String, Tensor> stored = new LinkedHashMap<>();
    model
        .trainable()
        .forEach(
            (name, parameter) ->
                stored.put(
                    name,
                    parameter.rounds()
                        ? TensorFile.rounded(folder, name, parameter.tensor(), floats)
                        : parameter.tensor()));
    stored.putAll(model.buffers());
    return stored;
  }

  /**
   * Loads an adapter over a model that has its base.
   *
   * @param folder what {@link #write} has filled
   * @param model of the adapter's recipe, with the pre-trained weights in its backbone
   * @param force true to load it over any base of the same shape
   * @throws CheckpointException if the base is another one, or if the file does not hold exactly
   *     what training this model changes; nothing has been changed then
   */
  public static void load(Path folder, MultiTaskModel model, boolean force) {
    try (Scope scope = Scope.inference();
        OpenContent<AdapterConfig> open =
            OpenContent.of(new AtomicFolder(folder), DESCRIPTION, MODEL)) {
      if (!force) {
        requireBase(folder, open.description(), BaseHash.of(model));
      }
      Map<String, Tensor> changed = Module.tensors(model.trainable());
      changed.putAll(model.buffers());
      new StrictLoading(open.tensors(MODEL)).into(changed, model.shrinking());
    }
  }

  private static void requireBase(Path folder, AdapterConfig config, String hash) {
    if (!config.baseSha256().equals(hash)) {
      throw new CheckpointException(
          folder,
          String.format(
              Locale.ROOT,
              "was trained on another base: a %s whose frozen weights have the SHA-256 %s, but those of"
                  + " this model have %s; load the weights that it was trained on, or force it",
              config.preset(),
              config.baseSha256(),
              hash));
    }
  }
}
