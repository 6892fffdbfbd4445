package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.Usual;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file {@code model.json}, which lies in every folder of a model of ours: run, checkpoint,
 * merged model and adapter. It is all that is needed to make the model but the numbers, and says
 * what a picture must be like and what the predictions are.
 *
 * @param format of the file
 * @param version of the code that wrote it
 * @param spec what the model is made of; the file of weights that its training began with has no
 *     folder here
 * @param predicts of every task
 * @param preprocessing of a picture
 */
public record ModelFile(
    int format,
    @Usual("") String version,
    @Inline ModelSpec spec,
    List<Described.Predicted> predicts,
    Described.Picture preprocessing) {
  /** Its name. */
  public static final String NAME = "model.json";

  private static final int FORMAT = 1;
  private static final Bind BIND = new Bind(ModelSpec.PLUGS);

  /**
   * The file of a model.
   *
   * @param fit how pictures become what it sees
   */
  public static ModelFile of(ModelSpec spec, Fit fit, String version) {
    return new ModelFile(
        FORMAT,
        version,
        withoutFolder(spec),
        spec.tasks().stream().map(Described.Predicted::of).toList(),
        Described.Picture.of(spec.model().backbone().input().size(), fit));
  }

  /** The same of a model whose pictures' values become others. */
  public ModelFile with(Preprocessing values) {
    return new ModelFile(format, version, spec, predicts, preprocessing.with(values));
  }

  private static ModelSpec withoutFolder(ModelSpec spec) {
    return spec.model().weights() instanceof WeightsSource.File file
        ? spec.with(spec.model().from(new WeightsSource.File(file.path().getFileName())))
        : spec;
  }

  /**
   * Fails if the model cannot be written, since it is made of something that no catalogue has.
   *
   * @throws IllegalArgumentException naming it
   */
  public void requireWritable() {
    spec.json();
  }

  /** Writes it into a folder. */
  public void write(Path folder) throws IOException {
    AtomicFile.write(folder.resolve(NAME), text());
  }

  /** What stands in the file. */
  public String text() {
    return BIND.write(this).toPrettyString() + "\n";
  }

  /**
   * Reads that of a folder.
   *
   * @throws CheckpointException if there is none, or it is damaged or of a newer format
   */
  public static ModelFile read(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      return of(file, JsonText.bytes(file));
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          file, "does not exist; folders of former versions have none", e);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
  }

  /**
   * Reads what another kind of file keeps of it.
   *
   * @param file for messages
   * @throws CheckpointException if it is damaged or of a newer format
   */
  public static ModelFile of(Path file, String text) {
    return of(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static ModelFile of(Path file, byte[] text) {
    try {
      JsonNode json = JsonText.read(text);
      CheckpointException.requireFormat(file, json, FORMAT);
      return BIND.read(ModelFile.class, json);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }
}
