package dev.mtlora.weights;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRules;
import java.util.Arrays;
import java.util.Locale;

/**
 * The kinds of files that name the tensors of a backbone in their own way. Every kind has the same
 * tensors in the same layout, but for three things: timm puts what is between two stages at the
 * start of the next one; Hugging Face keeps query, key and value apart; and files of whole
 * classifiers end in {@code norm} and {@code head}, which a pyramid does not have. What the names
 * are is said by each family of backbones ({@link Names}).
 *
 * <p>Our names are the middle: {@link #read} turns any file into them, {@link #write} turns them
 * into those of a family. What has no place is listed, never lost without a word.
 */
public enum KeyMap {
  /** This library's names, which are the reference's. */
  OURS("ours"),
  /** {@code mtlora.pth} of the reference implementation, with its training state around. */
  REFERENCE("reference"),
  /** The authors' files: {@code layers.0.downsample.reduction.weight}. */
  ORIGINAL("original"),
  /** timm's: {@code layers.1.downsample.reduction.weight} for the same tensor. */
  TIMM("timm"),
  /** the models of transformers: {@code encoder.layers.0...}. */
  HUGGING_FACE("hf");

  /** What {@link #ORIGINAL} was called while there was one family, Microsoft's. */
  private static final String FORMER = "ms";

  private final String id;

  KeyMap(String id) {
    this.id = id;
  }

  /** Its short name: {@code ours, reference, original, timm} or {@code hf}. */
  public String id() {
    return id;
  }

  /** Its name in messages. */
  public String title(Names family) {
    return switch (this) {
      case OURS -> "MTLoRA for Java";
      case REFERENCE -> "MTLoRA reference";
      default -> rules(family).title();
    };
  }

  /**
   * The family with a short name.
   *
   * @throws IllegalArgumentException if there is none; names those there are
   */
  public static KeyMap of(String id) {
    String word = id.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(map -> map.id.equals(word.equals(FORMER) ? ORIGINAL.id : word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "'%s' is no family of names; there are %s",
                        id,
                        Arrays.stream(values()).map(KeyMap::id).toList())));
  }

  /**
   * A file's tensors under our names. A file without a backbone keeps its names.
   *
   * @throws CheckpointException if the file holds several models, or a network that we know to be
   *     another; if two tensors would get the same name, or query, key and value do not belong
   *     together
   */
  public static MappedSource read(TensorSource source) {
    return KeyReader.read(source);
  }

  /**
   * Tensors that have our names under the names of this family. Of a whole model, the families of
   * plain backbones take the backbone without its adapters.
   */
  public MappedSource write(TensorSource ours) {
    return KeyWriter.write(ours, this);
  }

  /** True for the families that hold a backbone alone, without adapters. */
  public boolean isPlainBackbone() {
    return this == ORIGINAL || this == TIMM || this == HUGGING_FACE;
  }

  /** The names of a backbone in such files. */
  KeyRules rules(Names family) {
    return switch (this) {
      case OURS, REFERENCE, ORIGINAL -> family.original();
      case TIMM -> family.timm();
      case HUGGING_FACE -> family.huggingFace();
    };
  }
}
