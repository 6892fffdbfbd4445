package dev.mtlora.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Swin Transformer in a file: it is where a patch embedding is. Whatever lies beside it
 * (optimiser, schedule, the heads of another network) is not looked at.
 *
 * @param family whose names it has
 * @param root what stands before all its names: nothing, {@code model.}, {@code
 *     state_dict.backbone.}
 * @param whole true for a model of ours or the reference's, whose backbone is a part
 */
record ModelInFile(KeyMap family, String root, boolean whole) {
  private static final Pattern EMBEDDING =
      Pattern.compile(
          "(|.*\\.)(patch_embed\\.proj|embeddings\\.patch_embeddings\\.projection)\\.weight");
  private static final int LISTED = 8;
  static final String BACKBONE = "backbone.";
  static final Pattern HEADS = Pattern.compile("(decoders\\.decoders|downsampler)\\..*");
  static final Pattern CLASSIFIER = Pattern.compile("(norm|head)\\..*");
  private static final Pattern TIMM = Pattern.compile("head\\.fc\\..*|layers_\\d+\\..*");

  /** All models in a file, in its order; only where there is none, those of NumPy arrays. */
  static List<ModelInFile> in(TensorSource source) {
    List<ModelInFile> models = in(source, source.entries().keySet());
    return models.isEmpty() ? in(source, source.arrays()) : models;
  }

  private static List<ModelInFile> in(TensorSource source, Collection<String> candidates) {
    List<ModelInFile> models = new ArrayList<>();
    for (String name : candidates) {
      Matcher match = EMBEDDING.matcher(name);
      if (match.matches()) {
        boolean theirs = match.group(2).startsWith("embeddings.");
        models.add(theirs ? huggingFace(match.group(1)) : alike(match.group(1), source));
      }
    }
    return models;
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

  private static ModelInFile huggingFace(String before) {
    return new ModelInFile(
        KeyMap.HUGGING_FACE, withoutLast(before, HuggingFaceNames.PREFIX), false);
  }

  /** One of the families whose names are like ours. */
  private static ModelInFile alike(String before, TensorSource source) {
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
      return new ModelInFile(published ? KeyMap.REFERENCE : KeyMap.OURS, root, whole);
    }
    KeyMap plain = published ? KeyMap.MICROSOFT : KeyMap.OURS;
    return new ModelInFile(isTimm(names) ? KeyMap.TIMM : plain, root, false);
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

  private static boolean isTimm(Set<String> names) {
    return names.stream().anyMatch(name -> TIMM.matcher(name).matches())
        || names.stream().noneMatch(name -> name.startsWith("layers.0.downsample."))
            && names.stream().anyMatch(name -> name.startsWith("layers.1.downsample."));
  }
}
