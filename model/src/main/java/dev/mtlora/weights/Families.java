package dev.mtlora.weights;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Names;
import dev.mtlora.peft.Site;
import dev.mtlora.spec.Backbones;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The families of the catalogue of backbones, as files know them. */
final class Families {
  private static final List<Names> ALL =
      Backbones.ALL.members().values().stream().map(BackboneSettings::names).distinct().toList();

  private Families() {}

  /** All of them; the first is the one that a file is taken for that has no mark of any. */
  static List<Names> all() {
    return ALL;
  }

  /** The family of tensors with our names, of a backbone or of a whole model. */
  static Optional<Names> of(Collection<String> names) {
    Set<String> plain = names.stream().map(Families::plain).collect(Collectors.toSet());
    return ALL.stream()
        .filter(
            family ->
                plain.stream().anyMatch(name -> family.block().numbers(name).isPresent())
                    && plain.stream().anyMatch(name -> family.mark().matcher(name).matches()))
        .findFirst();
  }

  /** The name of a tensor in a plain backbone. */
  static String plain(String name) {
    String inside =
        name.startsWith(ModelInFile.BACKBONE)
            ? name.substring(ModelInFile.BACKBONE.length())
            : name;
    return inside.replace(".linear.", ".");
  }

  /** Tensors that a backbone with these has too, but that are not among them. */
  static List<String> missing(Names family, Set<String> names) {
    Set<String> plain = new LinkedHashSet<>();
    names.forEach(name -> plain.add(plain(name)));
    return family.missing(plain);
  }

  /**
   * What a backbone is, from the shapes of its tensors by our names; with its name if it has one.
   */
  static String described(Names family, Map<String, long[]> shapes) {
    Map<String, long[]> plain = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> plain.put(plain(name), shape));
    if (family.equals(SwinShape.NAMES)) {
      return SwinShape.of(plain).toString();
    }
    Names.Shape shape = family.shape(plain);
    String presets = String.join(" or ", presets(family, shape));
    return presets.isEmpty() ? shape.toString() : shape + " (" + presets + ")";
  }

  /** The published backbones of a family that have a shape. */
  static List<String> presets(Names family, Names.Shape shape) {
    return Backbones.ALL.members().entrySet().stream()
        .filter(entry -> entry.getValue().names().equals(family))
        .filter(entry -> shape(entry.getValue()).equals(shape))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Names.Shape shape(BackboneSettings settings) {
    TreeMap<Integer, Long> widths = new TreeMap<>();
    TreeMap<Integer, Integer> depths = new TreeMap<>();
    for (Site site : settings.sites()) {
      widths.putIfAbsent(site.stage(), site.in());
      depths.putIfAbsent(site.stage(), site.blocksInStage());
    }
    return new Names.Shape(List.copyOf(widths.values()), List.copyOf(depths.values()));
  }

  /**
   * In what the backbone of a file differs from a model's, and the cure; empty if it is not their
   * shape.
   *
   * @param here shapes of the model's tensors by our names
   * @param there those of the file's
   */
  static Optional<String> difference(Map<String, long[]> here, Map<String, long[]> there) {
    Names family = of(here.keySet()).orElse(null);
    if (family == null
        || !of(there.keySet()).filter(family::equals).isPresent()
        || !missing(family, here.keySet()).isEmpty()) {
      return Optional.empty();
    }
    if (!missing(family, there.keySet()).isEmpty()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "The file holds a part of a %s, or gives some of its tensors names that none has; if"
                  + " it is one of several shards, name their index or folder.",
              family.family()));
    }
    return isLike(family, here, there)
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "The file is a %s with %s; the model has %s. Change the settings of model.",
                family.family(),
                described(family, there),
                described(family, here)));
  }

  /** True if no setting of the backbone's shape differs; tables of other windows are resized. */
  private static boolean isLike(Names family, Map<String, long[]> here, Map<String, long[]> there) {
    return family.equals(SwinShape.NAMES)
        ? SwinShape.of(here).isLike(SwinShape.of(there))
        : described(family, here).equals(described(family, there));
  }
}
