package dev.mtlora.weights;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Names;
import dev.mtlora.spec.Backbones;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The backbone in a file, under our names.
 *
 * @param names of its family
 * @param tensors of the file
 */
public record BackboneFile(Names names, MappedSource tensors) {
  /**
   * The backbone of a file that is open.
   *
   * @throws CheckpointException if it holds none that we know, or several
   */
  static BackboneFile of(TensorSource source) {
    ModelInFile model = ModelInFile.of(source).orElseThrow(() -> OtherNetwork.noBackbone(source));
    MappedSource mapped = KeyMap.read(source);
    Set<String> names = mapped.entries().keySet();
    if (names.stream().anyMatch(AddedNames::isAdded)
        && !Families.missing(model.names(), names).isEmpty()) {
      throw OtherNetwork.adapter(source);
    }
    return new BackboneFile(model.names(), mapped);
  }

  /**
   * What is in a file, once it is closed.
   *
   * @param words its family and shape
   * @param swin the shape of a Swin Transformer; empty for other families
   * @param presets the published backbones with its widths and depths, by their names in the
   *     catalogue
   */
  public record Found(String words, Optional<SwinShape> swin, List<String> presets) {}

  /**
   * What is in a file.
   *
   * @param file see {@link WeightsFile}
   * @throws CheckpointException if it holds no backbone that we know, or several
   */
  public static Found in(Path file) {
    try (TensorSource opened = TensorSource.open(file)) {
      BackboneFile found = of(opened);
      boolean isSwin = found.names.equals(SwinShape.NAMES);
      return new Found(
          found.described(),
          isSwin ? Optional.of(SwinShape.of(found.shapes())) : Optional.empty(),
          found.presets());
    }
  }

  private List<String> presets() {
    return Families.presets(names, names.shape(plainShapes()));
  }

  Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tensors.entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
    return shapes;
  }

  private Map<String, long[]> plainShapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes().forEach((name, shape) -> shapes.put(Families.plain(name), shape));
    return shapes;
  }

  String described() {
    return String.format(
        Locale.ROOT, "a %s with %s", names.family(), Families.described(names, shapes()));
  }

  /** Fails if a model's backbone is of another family. */
  void requireFamily(BackboneSettings model) {
    if (!names.equals(model.names())) {
      List<String> presets = presets();
      throw new CheckpointException(
          tensors.file(),
          String.format(
              Locale.ROOT,
              "holds %s, but the model's backbone is a %s: set model.backbone to %s, or name weights"
                  + " of a %s",
              described(),
              model.names().family(),
              presets.isEmpty() ? "one of " + others() : String.join(" or ", presets),
              model.names().family()));
    }
  }

  private String others() {
    List<String> ids =
        Backbones.ALL.members().entrySet().stream()
            .filter(entry -> entry.getValue().names().equals(names))
            .map(Map.Entry::getKey)
            .toList();
    return String.join(", ", ids);
  }
}
