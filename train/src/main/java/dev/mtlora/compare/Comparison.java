package dev.mtlora.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Usual;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.ConfigText;
import dev.mtlora.run.ResolvedRun;
import dev.mtlora.run.RunSpec;
import dev.mtlora.run.yaml.YamlText;
import dev.mtlora.spec.bind.Bind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is compared: one configuration, and what each method changes in it. Data, budget and
 * schedule are those of the base for all, unless a method says otherwise.
 *
 * <pre>{@code
 * base: ../scenes_micro.yaml          # relative to this file
 * set: {train.epochs: 3}              # changes for all, as --set makes them; optional
 * seeds: [1, 2, 3]
 * methods:
 *   full: full                        # the same as {method: full}
 *   mtlora: {method: {name: mtlora, rank: 16}}
 * cells: ../../docs/results/scenes    # where finished cells are kept; optional
 * }</pre>
 *
 * <p>Besides the methods, every task of the base is trained alone by full fine-tuning with every
 * seed: Δm refers to the means of these.
 *
 * @param title name of the file
 * @param tasks of the base, in order
 * @param methods names of the rows, in order
 * @param cells all trainings, those of single tasks first
 * @param kept folder of finished cells; empty for the one in the output folder
 */
public record Comparison(
    String title, List<String> tasks, List<String> methods, List<Cell> cells, List<Path> kept) {
  private static final Bind BIND = new Bind(List.of());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 +._-]*");

  /** Copies the lists. */
  public Comparison {
    tasks = List.copyOf(tasks);
    methods = List.copyOf(methods);
    cells = List.copyOf(cells);
    kept = List.copyOf(kept);
  }

  /**
   * Reads a file.
   *
   * @param overrides of all cells, {@code key.path=value} each
   * @throws ConfigException if it can't be read, or a cell's configuration is wrong
   */
  public static Comparison read(Path file, List<String> overrides) {
    try {
      JsonNode tree = YamlText.read(ConfigText.of(file));
      return of(file, BIND.read(Written.class, tree), overrides);
    } catch (ConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * What a file says.
   *
   * @param base another file, or the name of a shipped configuration
   * @param set changes for all
   * @param seeds of all methods
   * @param methods by name what each changes
   * @param cells folder of finished cells
   */
  record Written(
      String base,
      @Usual("{}") JsonNode set,
      @Usual("[1]") List<Long> seeds,
      Map<String, Optional<JsonNode>> methods,
      Optional<String> cells) {
    Written {
      if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
        throw new IllegalArgumentException(
            "seeds must be different whole numbers, at least one, but are " + seeds);
      }
      if (methods.isEmpty()) {
        throw new IllegalArgumentException(
            "methods is empty: name at least one, for instance 'methods: {full: full}'");
      }
    }
  }

  private static Comparison of(Path file, Written written, List<String> overrides) {
    Path here = file.toAbsolutePath().normalize();
    Path folder = Objects.requireNonNull(here.getParent());
    ObjectNode all = block("set", written.set());
    all.putNull("singleTask");
    RunSpec.Source source = new RunSpec.Source(here.toString(), folder);
    ResolvedRun base = ResolvedRun.of(source, written.base(), YamlText.write(all), overrides);
    Recipe recipe = new Recipe(here, folder, base);
    Map<String, ObjectNode> methods = methods(written.methods());
    List<Cell> cells = new ArrayList<>();
    List<String> tasks = base.spec().taskNames();
    for (long seed : written.seeds()) {
      for (String task : tasks) {
        cells.add(recipe.cell(Cell.SINGLE, "single-" + task, seed, recipe.alone(task)));
      }
      methods.forEach((name, own) -> cells.add(recipe.cell(name, name, seed, own)));
    }
    List<Path> kept =
        written.cells().stream().map(cell -> here.resolveSibling(cell).normalize()).toList();
    String title = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    return new Comparison(title, tasks, List.copyOf(methods.keySet()), cells, kept);
  }

  /** The seeds of all cells, in order. */
  List<Long> seeds() {
    return cells.stream().map(Cell::seed).distinct().toList();
  }

  private static Map<String, ObjectNode> methods(Map<String, Optional<JsonNode>> written) {
    Map<String, ObjectNode> methods = new LinkedHashMap<>();
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : written.keySet()) {
      if (!NAME.matcher(name).matches() || name.startsWith("single")) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "methods: '%s' must be a name of letters, digits, blanks and + . _ -, not beginning with 'single'",
                name));
      }
      String before = files.put(fileName(name).toLowerCase(Locale.ROOT), name);
      if (before != null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "methods: '%s' and '%s' would have the same file name: change one of them",
                before,
                name));
      }
      methods.put(
          name,
          settings(
              "methods." + name,
              Objects.requireNonNull(written.get(name)).orElseGet(JSON::createObjectNode)));
    }
    return methods;
  }

  private static ObjectNode settings(String path, JsonNode written) {
    return written.isTextual()
        ? JSON.createObjectNode().set("method", written)
        : block(path, written);
  }

  private static ObjectNode block(String path, JsonNode written) {
    if (!(written instanceof ObjectNode block)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s must be a block of keys and values but is: %s", path, written));
    }
    if (block.has("base")) {
      throw new IllegalArgumentException(
          path + ".base is not allowed here: all methods change the comparison's own base");
    }
    return block.deepCopy();
  }

  private static String fileName(String name) {
    return name.replace(' ', '_');
  }

  /**
   * What cells are made of.
   *
   * @param file for messages
   * @param folder what paths in a method's settings are relative to
   * @param base the configuration that methods change
   */
  private record Recipe(Path file, Path folder, ResolvedRun base) {
    /** Full fine-tuning of the base's model for one of its tasks. */
    ObjectNode alone(String task) {
      ObjectNode own = JSON.createObjectNode().put("method", "full");
      own.putObject("tasks").set(task, YamlText.read(base.yaml()).path("tasks").path(task));
      return own;
    }

    Cell cell(String row, String name, long seed, ObjectNode own) {
      ObjectNode changes = own.deepCopy();
      changes.put("train.seed", seed);
      String cell = fileName(name) + "-seed" + seed;
      RunSpec.Source source = new RunSpec.Source(file + ", " + cell, folder);
      ResolvedRun run = base.changed(source, YamlText.write(changes), List.of());
      String fingerprint = Cell.fingerprint(YamlText.read(run.yaml()), run.spec());
      return new Cell(row, cell, seed, run.spec(), fingerprint);
    }
  }
}
