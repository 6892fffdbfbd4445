package dev.mtlora.io;

import dev.mtlora.peft.AddedNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the model in a file and gives its tensors our names. The model is where the patch embedding
 * is; whatever lies beside it (optimiser, moving averages) is left out.
 */
final class KeyReader {
  private static final Pattern PATCH_EMBEDDING =
      Pattern.compile(
          "(|.*?\\.)((backbone\\.)?patch_embed\\.proj|(swin\\.)?embeddings\\.patch_embeddings\\.projection)"
              + "\\.weight");
  private static final Pattern PART =
      Pattern.compile("(.*\\.attn\\.)(query|key|value)(\\.(?:weight|bias))");

  private static final String DERIVED = "follows from the window and is computed";
  private static final String BESIDE =
      "lies beside the model; the reference orders its training state by its own parameters, so it"
          + " cannot be taken over";
  private static final String MASK_TOKEN = "is of use in masked pre-training only";

  private final TensorSource source;
  private final String container;
  private final KeyMap map;

  private KeyReader(TensorSource source) {
    this.source = source;
    this.container = container(source).orElse("");
    this.map = family();
  }

  static KeyMap detect(TensorSource source) {
    return new KeyReader(source).map;
  }

  static MappedSource read(TensorSource source) {
    return new KeyReader(source).read();
  }

  /** What stands before the names of the model: nothing, {@code model.}, {@code state_dict.}. */
  static Optional<String> container(TensorSource source) {
    return source.entries().keySet().stream()
        .map(PATCH_EMBEDDING::matcher)
        .filter(Matcher::matches)
        .map(match -> match.group(1))
        .findFirst();
  }

  private List<String> names() {
    return source.entries().keySet().stream()
        .filter(name -> name.startsWith(container))
        .map(name -> name.substring(container.length()))
        .toList();
  }

  private KeyMap family() {
    List<String> names = names();
    boolean published = !container.isEmpty() || names.stream().anyMatch(KeyReader::isDerived);
    if (names.stream().anyMatch(name -> name.contains("embeddings.patch_embeddings."))) {
      return KeyMap.HUGGING_FACE;
    }
    if (names.stream().anyMatch(name -> name.startsWith("backbone.") || AddedNames.isAdded(name))) {
      return published ? KeyMap.REFERENCE : KeyMap.OURS;
    }
    if (isTimm(names)) {
      return KeyMap.TIMM;
    }
    boolean classifier =
        names.stream().anyMatch(name -> name.startsWith("norm.") || name.startsWith("head."));
    return published || classifier ? KeyMap.MICROSOFT : KeyMap.OURS;
  }

  private static boolean isTimm(List<String> names) {
    return names.stream().anyMatch(name -> name.startsWith("head.fc."))
        || names.stream().noneMatch(name -> name.startsWith("layers.0.downsample."))
            && names.stream().anyMatch(name -> name.startsWith("layers.1.downsample."));
  }

  static boolean isDerived(String name) {
    return name.endsWith("relative_position_index") || name.endsWith("attn_mask");
  }

  private MappedSource read() {
    MappedSource mapped = new MappedSource(source);
    Map<String, List<String>> joined = new LinkedHashMap<>();
    for (String from : source.entries().keySet()) {
      if (!from.startsWith(container)) {
        mapped.leaveOut(from, BESIDE);
      } else if (isDerived(from)) {
        mapped.leaveOut(from, DERIVED);
      } else if (from.endsWith("embeddings.mask_token")) {
        mapped.leaveOut(from, MASK_TOKEN);
      } else {
        add(mapped, joined, from);
      }
    }
    joined.forEach((name, parts) -> join(mapped, name, parts));
    return mapped;
  }

  private void add(MappedSource mapped, Map<String, List<String>> joined, String from) {
    String name = map.toOurs(from.substring(container.length()));
    Matcher part = PART.matcher(name);
    if (map != KeyMap.HUGGING_FACE || !part.matches()) {
      mapped.rename(name, from);
      return;
    }
    List<String> parts =
        joined.computeIfAbsent(
            part.group(1) + "qkv" + part.group(3), key -> new ArrayList<>(List.of("", "", "")));
    parts.set(KeyMap.QUERY_KEY_VALUE.indexOf(part.group(2)), from);
  }

  private void join(MappedSource mapped, String name, List<String> parts) {
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
