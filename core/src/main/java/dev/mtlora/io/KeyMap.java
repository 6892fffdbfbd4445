package dev.mtlora.io;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

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

  private static final Pattern DOWNSAMPLE = Pattern.compile("^layers\\.(\\d{1,3})\\.downsample\\.");

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
   * @throws CheckpointException if two tensors would get the same name, or query, key and value do
   *     not belong together
   */
  public static MappedSource read(TensorSource source) {
    return KeyReader.read(source);
  }

  /** The family whose names a file uses. */
  public static KeyMap detect(TensorSource source) {
    return KeyReader.detect(source);
  }

  /**
   * Tensors that have our names under the names of this family. Of a whole model, the families of
   * plain backbones take the backbone without its adapters.
   */
  public MappedSource write(TensorSource ours) {
    return KeyWriter.write(ours, this);
  }

  /** True for the families that hold a backbone alone. */
  boolean isPlainBackbone() {
    return this == MICROSOFT || this == TIMM || this == HUGGING_FACE;
  }

  /** Our name of a tensor, query, key and value still apart. */
  String toOurs(String name) {
    return switch (this) {
      case OURS, REFERENCE, MICROSOFT -> name;
      case TIMM -> shiftDownsample(replaceStart(name, "head.fc.", "head."), -1);
      case HUGGING_FACE -> HuggingFaceNames.toOurs(name);
    };
  }

  /** This family's name of a tensor with our name, query, key and value already apart. */
  String fromOurs(String name) {
    return switch (this) {
      case OURS, REFERENCE, MICROSOFT -> name;
      case TIMM -> shiftDownsample(replaceStart(name, "head.", "head.fc."), 1);
      case HUGGING_FACE -> HuggingFaceNames.fromOurs(name);
    };
  }

  private static String replaceStart(String name, String start, String replacement) {
    return name.startsWith(start) ? replacement + name.substring(start.length()) : name;
  }

  private static String shiftDownsample(String name, int by) {
    return DOWNSAMPLE
        .matcher(name)
        .replaceFirst(
            match ->
                String.format(
                    Locale.ROOT, "layers.%d.downsample.", Integer.parseInt(match.group(1)) + by));
  }
}
