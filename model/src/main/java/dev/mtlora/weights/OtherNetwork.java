package dev.mtlora.weights;

import dev.mtlora.files.Printable;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Networks whose weights are not read, known by a name of theirs, and what to do instead.
 *
 * @param title what it is, as "is" goes on
 * @param mark a name that only it has
 * @param cure the next step
 */
record OtherNetwork(String title, Pattern mark, String cure) {
  private static final String PRETRAINED =
      "a backbone of a family that is read is needed, for instance swin_tiny_patch4_window7_224";
  private static final String RENAME =
      "take the same weights from timm, transformers or the authors, whose names are read";
  private static final int LISTED = 3;

  /** The first that fits counts, so the narrower stand before the wider. */
  private static final List<OtherNetwork> KNOWN =
      List.of(
          of(
              "a PEFT model with its LoRA matrices apart",
              "(.*\\.)?(base_layer\\.(weight|bias)|lora_[AB]\\.([\\w-]+\\.)?weight)",
              "merge it in Python, model.merge_and_unload().save_pretrained(DIR), and name DIR"),
          of("a Swin of torchvision", "(.*\\.)?features\\.\\d+\\.\\d+\\.attn\\.qkv\\..*", RENAME),
          of("a Swin of OpenMMLab", ".*\\.attn\\.w_msa\\..*", RENAME),
          of("a ResNet", "(.*\\.)?(layer1\\.0\\.conv1\\.weight|resnet\\..*)", PRETRAINED),
          of(
              "a ViT (Vision Transformer)",
              "(?!.*(layers|stages)[._]\\d)(.*\\.)?blocks\\.\\d+\\.attn\\.qkv\\.weight"
                  + "|(.*\\.)?encoder\\.layer\\.\\d+\\.attention\\.attention\\..*",
              PRETRAINED));

  private static OtherNetwork of(String title, String mark, String cure) {
    return new OtherNetwork(title, Pattern.compile(mark), cure);
  }

  /** The network that has some of these names, if it is one of those. */
  static Optional<OtherNetwork> in(Collection<String> names) {
    return KNOWN.stream()
        .filter(one -> names.stream().anyMatch(name -> one.mark.matcher(name).matches()))
        .findFirst();
  }

  /** The fault of a file without a backbone that we know. */
  static CheckpointException noBackbone(TensorSource source) {
    return in(source.entries().keySet())
        .map(one -> one.refusal(source))
        .orElseGet(() -> unknown(source));
  }

  /** The fault of a file with such a network where a backbone is needed. */
  CheckpointException refusal(TensorSource source) {
    return new CheckpointException(source.file(), "is " + title + ", which is not read: " + cure);
  }

  private static CheckpointException unknown(TensorSource source) {
    if (!source.arrays().isEmpty()) {
      return arrays(source, source.arrays());
    }
    if (source.entries().keySet().stream().anyMatch(AddedNames::isAdded)) {
      return adapter(source);
    }
    List<String> names = source.entries().keySet().stream().limit(LISTED).toList();
    return new CheckpointException(
        source.file(),
        names.isEmpty()
            ? "holds no tensors; save those of a model: torch.save(model.state_dict(), ...)"
            : String.format(
                Locale.ROOT,
                "holds no backbone whose names we know but %d tensors such as %s; %s",
                source.entries().size(),
                String.join(", ", names),
                PRETRAINED));
  }

  /** The fault of what training has added, without what it was added to. */
  static CheckpointException adapter(TensorSource source) {
    return new CheckpointException(
        source.file(),
        "is an adapter of mtlora, which has no backbone of its own; name the weights that it was"
            + " trained on");
  }

  /** The fault of NumPy arrays where tensors belong. */
  static CheckpointException arrays(TensorSource source, List<String> names) {
    return new CheckpointException(
        source.file(),
        String.format(
            Locale.ROOT,
            "holds %d NumPy arrays where tensors belong (%s), and arrays are not read; turn them"
                + " into tensors in Python: torch.save({k: torch.as_tensor(v) for k, v in"
                + " model.items()}, ...)",
            names.size(),
            Printable.some(names)));
  }
}
