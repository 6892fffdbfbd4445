package dev.mtlora.weights;

import dev.mtlora.nn.KeyRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Gives the tensors of the model in a file our names; whatever lies beside it is left out. */
final class KeyReader {
  private static final String BESIDE =
      "lies beside the model: training state, which cannot be taken over, another network's heads,"
          + " or another model";

  private final TensorSource source;
  private final ModelInFile model;
  private final MappedSource mapped;
  private final KeyRules rules;
  private final Map<String, Parts> joined = new LinkedHashMap<>();

  /** What a tensor of ours is joined of, by index; empty where the file has none. */
  private record Parts(KeyRules.Joint joint, List<String> sources) {
    static Parts of(KeyRules.Joint joint) {
      return new Parts(joint, new ArrayList<>(Collections.nCopies(joint.parts().size(), "")));
    }
  }

  private KeyReader(TensorSource source, ModelInFile model) {
    this.source = source;
    this.model = model;
    this.rules = model.rules();
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
      reader
          .rules
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
    Optional<String> reason = rules.leftOut(inBackbone(name));
    Optional<String> ours = ours(name);
    if (reason.isPresent()) {
      mapped.leaveOut(from, reason.get());
    } else if (!model.family().isPlainBackbone()
        && ModelInFile.CLASSIFIER.matcher(inBackbone(name)).matches()) {
      mapped.leaveOut(from, KeyWriter.CLASSIFIER);
    } else if (ours.isEmpty()) {
      boolean misleading = model.names().original().toOurs(inBackbone(name)).isPresent();
      mapped.stranger(misleading ? "stranger " + name : name, from);
    } else {
      addKnown(from, ours.get());
    }
  }

  /** The name in the backbone, as a plain one has it. */
  private String inBackbone(String name) {
    String prefix = model.whole() ? ModelInFile.BACKBONE : rules.prefix();
    boolean prefixed = !prefix.isEmpty() && name.startsWith(prefix);
    return (prefixed ? name.substring(prefix.length()) : name).replace(".linear.", ".");
  }

  private Optional<String> ours(String name) {
    if (model.family().isPlainBackbone()) {
      return rules.toOurs(name);
    }
    boolean known =
        AddedNames.isAdded(name)
            || (model.whole() && !name.startsWith(ModelInFile.BACKBONE)
                ? ModelInFile.HEADS.matcher(name).matches()
                : rules.toOurs(inBackbone(name)).isPresent());
    return known ? Optional.of(name) : Optional.empty();
  }

  private void addKnown(String from, String name) {
    Optional<KeyRules.Part> found = rules.part(name);
    if (found.isEmpty()) {
      mapped.rename(name, from);
      return;
    }
    KeyRules.Part part = found.get();
    Parts parts = joined.computeIfAbsent(part.whole(), key -> Parts.of(part.joint()));
    String other = parts.sources().set(part.index(), from);
    if (!other.isEmpty()) {
      throw mapped.twice(name, other, from);
    }
  }

  private void join(String name, Parts parts) {
    int missing = parts.sources().indexOf("");
    if (missing >= 0) {
      List<String> needed = parts.joint().parts().stream().map(KeyReader::last).toList();
      throw new CheckpointException(
          source.file(),
          String.format(
              Locale.ROOT,
              "'%s' needs %s and %s but '%s' is missing",
              name,
              String.join(", ", needed.subList(0, needed.size() - 1)),
              needed.get(needed.size() - 1),
              needed.get(missing)));
    }
    mapped.join(name, parts.sources());
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
