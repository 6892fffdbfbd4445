package dev.mtlora.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.testing.GoldenGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** One folder of reference numbers of a whole model. */
final class ModelCase {
  private static final Pattern LAYER = Pattern.compile("\\.(weight|bias)$");

  private final Path folder;
  private final JsonNode root;
  private final Map<String, String> theirs = new HashMap<>();

  private ModelCase(Path folder, JsonNode root) {
    this.folder = folder;
    this.root = root;
  }

  /** The model cases below a folder, in the order of their names. */
  static List<ModelCase> in(Path folder) {
    List<ModelCase> cases = new ArrayList<>();
    try (var folders = Files.list(folder)) {
      for (Path candidate : folders.sorted().toList()) {
        Path file = candidate.resolve("case.json");
        if (Files.isRegularFile(file)) {
          // The reference's JSON writes NaN for "not a number".
          JsonNode root =
              new ObjectMapper()
                  .enable(
                      com.fasterxml.jackson.core.json.JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS
                          .mappedFeature())
                  .readTree(file.toFile());
          if (root.path("config").has("swin")) {
            cases.add(new ModelCase(candidate, root));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the golden folder " + folder, e);
    }
    return cases;
  }

  String name() {
    return folder.getFileName().toString();
  }

  JsonNode root() {
    return root;
  }

  double tolerance(String name) {
    JsonNode value = root.path("tolerance").get(name);
    if (value == null) {
      throw new AssertionError(name() + " states no tolerance " + name);
    }
    return value.asDouble();
  }

  Set<String> names(String list) {
    JsonNode node = root.path(list);
    Set<String> names = new TreeSet<>();
    (node.isObject() ? node.path("keys") : node).forEach(n -> names.add(n.asText()));
    return names;
  }

  /** A file of the case, if it has one that is there. */
  Optional<GoldenFile> file(String role) {
    String listed = root.path("files").path(role).asText("");
    String name = listed.isEmpty() || listed.equals("null") ? "" : listed.split(" ")[0];
    Path path = folder.resolve(name.isEmpty() ? role + ".safetensors" : name).normalize();
    return Files.isRegularFile(path) ? Optional.of(GoldenFile.open(path)) : Optional.empty();
  }

  /**
   * Sets a model's weights: from the case's files where it has them in this shape, from the
   * generator otherwise; and checks that the model has exactly the listed keys.
   */
  void load(Module model) {
    Map<String, Tensor> state = model.state();
    Set<String> listed = names("state_keys");
    listed.removeIf(k -> k.endsWith("attn_mask") || k.endsWith("relative_position_index"));
    theirs.clear();
    for (String name : state.keySet()) {
      String adapted = LAYER.matcher(name).replaceFirst(".linear.$1");
      theirs.put(name, !listed.contains(name) && listed.contains(adapted) ? adapted : name);
    }
    Map<String, Tensor> named = theirs(state);
    if (!listed.equals(new TreeSet<>(named.keySet()))) {
      Set<String> missing = new TreeSet<>(listed);
      missing.removeAll(named.keySet());
      Set<String> extra = new TreeSet<>(named.keySet());
      extra.removeAll(listed);
      throw new AssertionError(name() + ": our model lacks " + missing + " and has " + extra);
    }
    GoldenGenerator.fill(named, "");
    String base = root.path("base_state").asText("null");
    if (!base.equals("null") && Files.isRegularFile(folder.resolve(base).normalize())) {
      overlay(GoldenFile.open(folder.resolve(base).normalize()), named);
    }
    file("state").ifPresent(own -> overlay(own, named));
  }

  /**
   * The same tensors under the reference's names, which are ours but for layers of an adapted kind
   * with rank 0. Of a model that has been loaded.
   */
  <T> Map<String, T> theirs(Map<String, T> ours) {
    Map<String, T> named = new LinkedHashMap<>();
    ours.forEach((name, value) -> named.put(theirs.getOrDefault(name, name), value));
    return named;
  }

  private static void overlay(GoldenFile file, Map<String, Tensor> state) {
    for (String name : file.names()) {
      Tensor tensor = state.get(name);
      if (tensor != null && Arrays.equals(tensor.shape(), file.shape(name))) {
        tensor.assignInPlace(Tensor.of(file.floats(name), file.shape(name)));
      }
    }
  }
}
