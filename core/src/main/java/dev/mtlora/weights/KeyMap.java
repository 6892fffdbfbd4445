package dev.mtlora.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The families of files that name the tensors of a Swin Transformer in their own way. Every family
 * has the same tensors in the same layout, but for three things: timm puts patch merging at the
 * start of the next stage; Hugging Face keeps query, key and value apart; and files of whole
 * classifiers end in {@code norm} and {@code head}, which a pyramid does not have.
 *
 * <p>Our names are the middle: {@link #read} turns any file into them, {@link #write} turns them
 * into those of a family. What has no place is listed, never lost without a word.
 */
public enum KeyMap {
  /** This library's names, which are the reference's. */
  OURS("ours", "MTLoRA for Java"),
  /** {@code mtlora.pth} of the reference implementation, with its training state around. */
  REFERENCE("reference", "MTLoRA reference"),
  /** The Swin authors' files: {@code layers.0.downsample.reduction.weight}. */
  MICROSOFT("ms", "Microsoft Swin"),
  /** timm's: {@code layers.1.downsample.reduction.weight} for the same tensor. */
  TIMM("timm", "timm Swin"),
  /** {@code SwinModel} and its relatives in transformers: {@code encoder.layers.0...}. */
  HUGGING_FACE("hf", "Hugging Face Swin");

  /** The parts of an attention's input projection, in the order in which we join them. */
  static final List<String> QUERY_KEY_VALUE = List.of("query", "key", "value");

  private final String id;
  private final String title;

  KeyMap(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** Its short name: {@code ours}, {@code reference}, {@code ms}, {@code timm} or {@code hf}. */
  public String id() {
    return id;
  }

  /** Its name in messages. */
  public String title() {
    return title;
  }

  /**
   * The family with a short name.
   *
   * @throws IllegalArgumentException if there is none; names those there are
   */
  public static KeyMap of(String id) {
    return Arrays.stream(values())
        .filter(map -> map.id.equals(id.toLowerCase(Locale.ROOT)))
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
   * A file's tensors under our names. A file without a Swin keeps its names.
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
    return this == MICROSOFT || this == TIMM || this == HUGGING_FACE;
  }

  /** The names of a backbone in files of this family. */
  KeyRules rules() {
    return switch (this) {
      case OURS, REFERENCE, MICROSOFT -> SwinNames.PLAIN;
      case TIMM -> SwinNames.TIMM;
      case HUGGING_FACE -> HuggingFaceNames.RULES;
    };
  }

  /** Our name of a tensor, query, key and value still apart; none if it is a stranger's. */
  Optional<String> toOurs(String name) {
    boolean prefixed = this == HUGGING_FACE && name.startsWith(HuggingFaceNames.PREFIX);
    return rules().toOurs(prefixed ? name.substring(HuggingFaceNames.PREFIX.length()) : name);
  }

  /**
   * This family's name of a tensor with our name, query, key and value already apart.
   *
   * @throws IllegalArgumentException if our name is none of a backbone's
   */
  String fromOurs(String name) {
    return rules()
        .fromOurs(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(Locale.ROOT, "'%s' has no name in files of %s", name, title)));
  }
}
