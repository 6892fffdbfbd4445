package dev.mtlora.weights;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A backbone in a file: it is where the first tensor of its family is. Whatever lies beside it
 * (optimiser, schedule, the heads of another network) is not looked at.
 *
 * @param family whose names it has
 * @param names of its family of backbones
 * @param root what stands before all its names: nothing, {@code model.}, {@code
 *     state_dict.backbone.}
 * @param whole true for a model of ours or the reference's, whose backbone is a part
 */
record ModelInFile(KeyMap family, Names names, String root, boolean whole) {
  private static final int LISTED = 8;

  /** The first tensors of all families in all kinds of files. */
  private static final List<First> FIRSTS =
      Families.all().stream()
          .flatMap(
              family ->
                  Stream.of(KeyMap.ORIGINAL, KeyMap.TIMM, KeyMap.HUGGING_FACE)
                      .flatMap(map -> First.of(family, map).stream()))
          .toList();

  /** What one kind of files calls the first tensor of a family. */
  private record First(Names family, KeyMap map, String name) {
    static Optional<First> of(Names family, KeyMap map) {
      return map.rules(family).fromOurs(family.first()).map(name -> new First(family, map, name));
    }

    boolean is(String tensor) {
      return tensor.equals(name) || tensor.endsWith("." + name);
    }
  }

  static final String BACKBONE = "backbone.";
  static final Pattern HEADS = Pattern.compile("(decoders\\.decoders|downsampler)\\..*");
  static final Pattern CLASSIFIER = Pattern.compile("(norm|head)\\..*");

  /** All models in a file, in its order; only where there is none, those of NumPy arrays. */
  static List<ModelInFile> in(TensorSource source) {
    List<ModelInFile> models = in(source, source.entries().keySet());
    return models.isEmpty() ? in(source, source.arrays()) : models;
  }

  private static List<ModelInFile> in(TensorSource source, Collection<String> candidates) {
    List<ModelInFile> models = new ArrayList<>();
    for (String name : candidates) {
      at(name, source).ifPresent(models::add);
    }
    return models;
  }

  /** The model whose first tensor has this name. */
  private static Optional<ModelInFile> at(String name, TensorSource source) {
    ModelInFile unmarked = null;
    for (First first : FIRSTS) {
      if (first.is(name)) {
        Names family = first.family();
        String before = name.substring(0, name.length() - first.name().length());
        if (below(before, source).stream().anyMatch(one -> isMark(family, one))) {
          return Optional.of(of(family, first.map(), before, source));
        }
        boolean fallsBack = unmarked == null && family.equals(Families.all().get(0));
        unmarked = fallsBack ? of(family, first.map(), before, source) : unmarked;
      }
    }
    return Optional.ofNullable(unmarked);
  }

  private static boolean isMark(Names family, String name) {
    return family.mark().matcher(name).matches();
  }

  private static ModelInFile of(Names family, KeyMap map, String before, TensorSource source) {
    if (map == KeyMap.HUGGING_FACE) {
      String prefix = family.huggingFace().prefix();
      return new ModelInFile(map, family, withoutLast(before, prefix), false);
    }
    boolean alike =
        family.timm().fromOurs(family.first()).equals(family.original().fromOurs(family.first()));
    return map == KeyMap.TIMM && !alike
        ? new ModelInFile(map, family, before, false)
        : alike(family, before, source);
  }

  /** What it calls the tensors of its backbone. */
  KeyRules rules() {
    return family.rules(names);
  }

  /** Its title in messages. */
  String title() {
    return family.title(names);
  }

  /**
   * The model in a file, if there is one.
   *
   * @throws CheckpointException if there are several; names them, and how to choose
   */
  static Optional<ModelInFile> of(TensorSource source) {
    List<ModelInFile> models = in(source);
    if (models.size() > 1) {
      throw new CheckpointException(
          source.file(),
          String.format(
              Locale.ROOT,
              "holds %d models, and nothing says which is meant: %s; choose one with # and its name"
                  + " after the file's: %s",
              models.size(),
              listed(models),
              source.file().getFileName() + WeightsFile.CHOICE + models.get(0).choice(models)));
    }
    return models.stream().findFirst();
  }

  /** What the first of several models are chosen by. */
  static String listed(List<ModelInFile> models) {
    String first =
        models.stream()
            .limit(LISTED)
            .map(model -> model.choice(models))
            .collect(Collectors.joining(", "));
    return models.size() > LISTED ? first + ", ..." : first;
  }

  /** What it is chosen by among several: as few parts of its root as tell it apart. */
  private String choice(List<ModelInFile> models) {
    String[] parts = root.split("\\.");
    String choice = "";
    for (int i = 1; i <= parts.length && (choice.isEmpty() || shared(choice, models)); i++) {
      choice = String.join(".", Arrays.copyOf(parts, i));
    }
    return choice.isEmpty() ? WeightsFile.TOP : choice;
  }

  private static boolean shared(String choice, List<ModelInFile> models) {
    return models.stream().filter(model -> model.root.startsWith(choice + ".")).count() > 1;
  }

  /** One of those whose names are like ours. */
  private static ModelInFile alike(Names family, String before, TensorSource source) {
    Set<String> names = below(before, source);
    String outer = withoutLast(before, BACKBONE);
    boolean adapted = names.stream().anyMatch(AddedNames::isAdded);
    boolean whole =
        !outer.equals(before)
            && (adapted
                || below(outer, source).stream().anyMatch(name -> HEADS.matcher(name).matches()));
    String root = whole ? outer : before;
    boolean published =
        !root.isEmpty() || names.stream().anyMatch(name -> isDerived(name) || classifies(name));
    if (whole || adapted) {
      return new ModelInFile(published ? KeyMap.REFERENCE : KeyMap.OURS, family, root, whole);
    }
    KeyMap plain = published ? KeyMap.ORIGINAL : KeyMap.OURS;
    boolean isTimm =
        strange(family, family.timm(), names) < strange(family, family.original(), names);
    return new ModelInFile(isTimm ? KeyMap.TIMM : plain, family, root, false);
  }

  private static String withoutLast(String path, String part) {
    boolean has = path.equals(part) || path.endsWith("." + part);
    return has ? path.substring(0, path.length() - part.length()) : path;
  }

  private static Set<String> below(String root, TensorSource source) {
    Set<String> names = new LinkedHashSet<>();
    source.entries().keySet().stream()
        .filter(name -> name.startsWith(root))
        .forEach(name -> names.add(name.substring(root.length())));
    return names;
  }

  private static boolean isDerived(String name) {
    return KeyRules.DERIVED.stream().anyMatch(one -> one.names().matcher(name).matches());
  }

  private static boolean classifies(String name) {
    return CLASSIFIER.matcher(name).matches();
  }

  /** How many names are not explained, and how many that belong to the others are missing. */
  private static int strange(Names family, KeyRules rules, Set<String> theirs) {
    Set<String> ours = new LinkedHashSet<>();
    int unknown = 0;
    for (String name : theirs) {
      Optional<String> found = rules.toOurs(name);
      found.ifPresent(ours::add);
      unknown += found.isPresent() || rules.leftOut(name).isPresent() ? 0 : 1;
    }
    return unknown + family.missing(ours).size();
  }
}
