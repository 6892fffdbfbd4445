package dev.mtlora.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.YamlText;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What is compared: one configuration, and what each method changes in it. Data, budget and
 * schedule are those of the base for all, unless a method says otherwise.
 *
 * <pre>{@code
 * base: ../quickstart.yaml            # relative to this file
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
      return of(file, new YamlBlock(YamlText.read(Files.readString(file)), ""), overrides);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + " does not exist; check the name and the folder", e);
    } catch (IOException e) {
      throw new ConfigException(file + " could not be read (" + e + ")", e);
    } catch (ConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage(), e);
    }
  }

  private static Comparison of(Path file, YamlBlock yaml, List<String> overrides) {
    yaml.allow("base", "set", "seeds", "methods", "cells");
    Path here = file.toAbsolutePath().normalize();
    ObjectNode all = settings(yaml.block("set")); // JSON is YAML
    all.put("base", yaml.text("base")).putNull("singleTask");
    Path folder = Objects.requireNonNull(here.getParent());
    RunConfig base =
        RunConfig.parse(new RunConfig.Source(here.toString(), folder), all.toString(), overrides);
    Recipe recipe = new Recipe(here, folder, YamlText.read(base.json()));
    Map<String, ObjectNode> methods = methods(yaml);
    List<Cell> cells = new ArrayList<>();
    for (long seed : seeds(yaml)) {
      for (String task : base.taskNames()) {
        cells.add(recipe.cell(Cell.SINGLE, "single-" + task, seed, recipe.alone(task)));
      }
      methods.forEach((name, own) -> cells.add(recipe.cell(name, name, seed, own)));
    }
    List<Path> kept =
        yaml.has("cells")
            ? List.of(here.resolveSibling(yaml.text("cells")).normalize())
            : List.of();
    String title = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    return new Comparison(title, base.taskNames(), List.copyOf(methods.keySet()), cells, kept);
  }

  /** The seeds of all cells, in order. */
  List<Long> seeds() {
    return cells.stream().map(Cell::seed).distinct().toList();
  }

  private static Map<String, ObjectNode> methods(YamlBlock yaml) {
    YamlBlock block = yaml.block("methods");
    Map<String, ObjectNode> methods = new LinkedHashMap<>();
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : block.keys()) {
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
      methods.put(name, settings(block.blockOrWord(name, "method")));
    }
    if (methods.isEmpty()) {
      throw new IllegalArgumentException(
          "methods is empty: name at least one, for instance 'methods: {full: full}'");
    }
    return methods;
  }

  private static ObjectNode settings(YamlBlock block) {
    if (block.has("base")) {
      throw new IllegalArgumentException(
          block.at("base") + " is not allowed here: all methods change the comparison's own base");
    }
    return block.node().deepCopy();
  }

  private static String fileName(String name) {
    return name.replace(' ', '_');
  }

  private static List<Long> seeds(YamlBlock yaml) {
    List<Long> seeds =
        yaml.list("seeds", List.of(1L), (node, path) -> (long) YamlBlock.asCount(node, path));
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw new IllegalArgumentException(
          "seeds must be different whole numbers, at least one, but are " + seeds);
    }
    return seeds;
  }

  /**
   * What cells are made of.
   *
   * @param file for messages
   * @param folder what paths in a method's settings are relative to
   * @param base the configuration that methods change
   */
  private record Recipe(Path file, Path folder, JsonNode base) {
    /** Full fine-tuning of the base's model for one of its tasks. */
    ObjectNode alone(String task) {
      ObjectNode own = JSON.createObjectNode().put("method", "full");
      own.putObject("tasks").set(task, base.path("tasks").path(task));
      return own;
    }

    Cell cell(String row, String name, long seed, ObjectNode own) {
      ObjectNode text = JSON.createObjectNode().set("base", base);
      text.setAll(own);
      text.put("train.seed", seed);
      String cell = fileName(name) + "-seed" + seed;
      RunConfig.Source source = new RunConfig.Source(file + ", " + cell, folder);
      return new Cell(row, cell, seed, RunConfig.parse(source, text.toString(), List.of()));
    }
  }
}
