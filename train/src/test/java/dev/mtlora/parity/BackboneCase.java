package dev.mtlora.parity;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.testing.GoldenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One folder of numbers of a backbone, with or without a method, as its authors' code has them. */
final class BackboneCase {
  private static final JsonMapper READER = // NaN stands for "not a number"
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final Pattern PREFIX = Pattern.compile("prefix '?([a-z0-9]+\\.)'?");
  private static final Pattern UNIFORM = Pattern.compile("uniform\\('(.+\\.cotangent\\.).*'\\)");
  private static final Set<String> METHODS = Set.of("none", "mtlora");

  private final Path folder;
  private final JsonNode root;

  private BackboneCase(Path folder, JsonNode root) {
    this.folder = folder;
    this.root = root;
  }

  /** The cases below a folder, in the order of their names; says which folders are skipped. */
  static List<BackboneCase> in(Path folder, Consumer<String> skipped) {
    List<BackboneCase> cases = new ArrayList<>();
    try (var folders = Files.list(folder)) {
      for (Path candidate : folders.filter(Files::isDirectory).sorted().toList()) {
        Path file = candidate.resolve("case.json");
        JsonNode root =
            Files.isRegularFile(file)
                ? READER.readTree(file.toFile())
                : JsonNodeFactory.instance.objectNode();
        String method = root.path("method").asText("none");
        if (!root.has("family")) {
          skipped.accept("backbone " + candidate.getFileName() + ": skipped, it states no family");
        } else if (Set.of("tadformer", "ditask").contains(method)) {
          skipped.accept("backbone " + candidate.getFileName() + ": skipped, a case of " + method);
        } else {
          cases.add(new BackboneCase(candidate, root));
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

  BackboneFamily family() {
    String id = root.get("family").asText();
    BackboneFamily family = BackboneFamily.ALL.get(id);
    if (family == null) {
      throw new AssertionError(
          name() + ": unknown family '" + id + "'; known are " + BackboneFamily.ALL.keySet());
    }
    return family;
  }

  /** True if tasks fork. */
  boolean adapted() {
    String method = root.path("method").asText("none");
    if (!METHODS.contains(method)) {
      throw new AssertionError(name() + ": unknown method '" + method + "'");
    }
    return method.equals("mtlora");
  }

  /** The keys of the configuration, all of which must be read. */
  CaseKeys config() {
    return new CaseKeys(name() + ": config", root.get("config"));
  }

  /** The tasks of the case; one of ours where it has none. */
  List<String> tasks(CaseKeys config) {
    return adapted() ? config.texts("tasks") : List.of("semseg");
  }

  AdapterMethod method(CaseKeys config) {
    if (!adapted()) {
      return new FullFineTuning();
    }
    config.require("drop_path", "0");
    MtLora paper = MtLora.paper(config.number("rank_shared"), config.number("rank_task"));
    double scale = config.real("scale_shared");
    if (config.real("scale_task") != scale) {
      throw new AssertionError(name() + ": one scale for all was expected");
    }
    Set<Slot> slots = new LinkedHashSet<>();
    config.texts("slots").forEach(word -> slots.add(Slot.parse(word)));
    config.texts("task_slots"); // the sites that may fork, which the family says itself
    return new MtLora(
        MtLora.Mode.valueOf(config.text("mode").toUpperCase(Locale.ROOT)),
        paper.ranks(),
        MtLora.Scales.of(scale),
        PerStage.same(config.real("dropout")),
        slots,
        false,
        MtLora.Trained.PAPER,
        false,
        false,
        paper.variant());
  }

  double tolerance(String name) {
    JsonNode value = root.path("tolerance").get(name);
    if (value == null) {
      throw new AssertionError(name() + " states no tolerance " + name);
    }
    return value.asDouble();
  }

  /** The names in a list, or under {@code keys} in a block. */
  Set<String> names(String list) {
    JsonNode node = root.path(list);
    Set<String> names = new TreeSet<>();
    (node.isObject() ? node.path("keys") : node).forEach(n -> names.add(n.asText()));
    return names;
  }

  /** A file of the case, if it has one. */
  Optional<GoldenFile> file(String role) {
    Path path = folder.resolve(root.path("files").path(role).asText(role + ".safetensors"));
    return Files.isRegularFile(path) ? Optional.of(GoldenFile.open(path)) : Optional.empty();
  }

  /** What the generator puts before the names of weights. */
  String prefix() {
    return found(PREFIX, root.path("weights").asText());
  }

  /** Name of the values that a level of the pyramid is multiplied by in the loss. */
  String cotangent(int stage, String task) {
    String start = found(UNIFORM, root.path("loss").path("definition").asText());
    return start + (adapted() ? "stage." + stage + ".task." + task : String.valueOf(stage));
  }

  private String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError(name() + ": '" + text + "' has no " + pattern);
    }
    return matcher.group(1);
  }
}
