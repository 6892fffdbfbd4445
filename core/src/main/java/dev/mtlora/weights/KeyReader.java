package dev.mtlora.weights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives the tensors of the model in a file our names; whatever lies beside it is left out. */
final class KeyReader {
  private static final Pattern PART =
      Pattern.compile("(.*\\.attn\\.)(query|key|value)(\\.(?:weight|bias))");
  private static final String BESIDE =
      "lies beside the model: training state, which cannot be taken over, another network's heads,"
          + " or another model";

  private final TensorSource source;
  private final ModelInFile model;
  private final MappedSource mapped;
  private final Map<String, List<String>> joined = new LinkedHashMap<>();

  private KeyReader(TensorSource source, ModelInFile model) {
    this.source = source;
    this.model = model;
    this.mapped = new MappedSource(source);
  }

  static MappedSource read(TensorSource source) {
    Optional<ModelInFile> model = ModelInFile.of(source);
    if (model.isEmpty()) {
      MappedSource same = new MappedSource(source);
      source.entries().keySet().forEach(name -> same.rename(name, name));
      return same;
    }
    return new KeyReader(source, model.get()).read();
  }

  /** Shapes of the backbone's tensors under our names, query, key and value still apart. */
  static Map<String, long[]> shapes(TensorSource source, ModelInFile model) {
    KeyReader reader = new KeyReader(source, model);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String name : reader.names(source.entries().keySet())) {
      model
          .family()
          .toOurs(reader.inBackbone(name))
          .ifPresent(
              ours ->
                  shapes.put(
                      ours,
                      Objects.requireNonNull(source.entries().get(model.root() + name)).shape()));
    }
    return shapes;
  }

  private MappedSource read() {
    OtherNetwork.in(names(source.entries().keySet()))
        .ifPresent(
            other -> {
              throw other.refusal(source);
            });
    requireTensors(source, model);
    for (String from : source.entries().keySet()) {
      if (!from.startsWith(model.root())) {
        mapped.leaveOut(from, BESIDE);
      } else {
        add(from, from.substring(model.root().length()));
      }
    }
    joined.forEach(this::join);
    return mapped;
  }

  private List<String> names(Collection<String> all) {
    return all.stream()
        .filter(name -> name.startsWith(model.root()))
        .map(name -> name.substring(model.root().length()))
        .toList();
  }

  /**
   * Arrays elsewhere (states of random generators) harm nobody.
   *
   * @throws CheckpointException if NumPy arrays lie where tensors of the model belong
   */
  static void requireTensors(TensorSource source, ModelInFile model) {
    List<String> arrays = arrays(source, model);
    if (!arrays.isEmpty()) {
      throw OtherNetwork.arrays(source, arrays);
    }
  }

  /** NumPy arrays where tensors of the model belong. */
  static List<String> arrays(TensorSource source, ModelInFile model) {
    KeyReader reader = new KeyReader(source, model);
    return reader.names(source.arrays()).stream().filter(n -> reader.ours(n).isPresent()).toList();
  }

  private void add(String from, String name) {
    Optional<String> reason = model.family().rules().leftOut(inBackbone(name));
    Optional<String> ours = ours(name);
    if (reason.isPresent()) {
      mapped.leaveOut(from, reason.get());
    } else if (!model.family().isPlainBackbone()
        && ModelInFile.CLASSIFIER.matcher(inBackbone(name)).matches()) {
      mapped.leaveOut(from, KeyWriter.CLASSIFIER);
    } else if (ours.isEmpty()) {
      boolean misleading = SwinNames.PLAIN.toOurs(inBackbone(name)).isPresent();
      mapped.stranger(misleading ? "stranger " + name : name, from);
    } else {
      addKnown(from, ours.get());
    }
  }

  /** The name in the backbone, as a plain one has it. */
  private String inBackbone(String name) {
    String prefix =
        model.family() == KeyMap.HUGGING_FACE ? HuggingFaceNames.PREFIX : ModelInFile.BACKBONE;
    boolean prefixed =
        name.startsWith(prefix) && (model.whole() || !prefix.equals(ModelInFile.BACKBONE));
    return (prefixed ? name.substring(prefix.length()) : name).replace(".linear.", ".");
  }

  private Optional<String> ours(String name) {
    if (model.family().isPlainBackbone()) {
      return model.family().toOurs(name);
    }
    boolean known =
        AddedNames.isAdded(name)
            || (model.whole() && !name.startsWith(ModelInFile.BACKBONE)
                ? ModelInFile.HEADS.matcher(name).matches()
                : model.family().toOurs(inBackbone(name)).isPresent());
    return known ? Optional.of(name) : Optional.empty();
  }

  private void addKnown(String from, String name) {
    Matcher part = PART.matcher(name);
    if (!part.matches()) {
      mapped.rename(name, from);
      return;
    }
    List<String> parts =
        joined.computeIfAbsent(
            part.group(1) + "qkv" + part.group(3), key -> new ArrayList<>(List.of("", "", "")));
    int index = KeyMap.QUERY_KEY_VALUE.indexOf(part.group(2));
    if (!parts.get(index).isEmpty()) {
      throw mapped.twice(name, parts.get(index), from);
    }
    parts.set(index, from);
  }

  private void join(String name, List<String> parts) {
    if (parts.contains("")) {
      throw new CheckpointException(
          source.file(),
          String.format(
              Locale.ROOT,
              "'%s' needs query, key and value but '%s' is missing",
              name,
              KeyMap.QUERY_KEY_VALUE.get(parts.indexOf(""))));
    }
    mapped.join(name, parts);
  }
}
