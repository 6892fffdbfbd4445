package dev.mtlora.compare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.config.ConfigException;
import dev.mtlora.config.RunConfig;
import dev.mtlora.data.YamlBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      return of(file, new YamlBlock(YamlBlock.tree(Files.readString(file)), ""), overrides);
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
    Path base = here.resolveSibling(yaml.text("base")).normalize();
    List<String> all = new ArrayList<>(settings(yaml.block("set")));
    all.addAll(overrides);
    all.add("singleTask=");
    Map<String, List<String>> methods = methods(yaml);
    List<String> tasks = RunConfig.read(base, all).taskNames();
    List<Cell> cells = new ArrayList<>();
    for (long seed : seeds(yaml)) {
      for (String task : tasks) {
        cells.add(cell(Cell.SINGLE, "single-" + task, seed, base, all, alone(base, all, task)));
      }
      methods.forEach((name, own) -> cells.add(cell(name, name, seed, base, all, own)));
    }
    List<Path> kept =
        yaml.has("cells")
            ? List.of(here.resolveSibling(yaml.text("cells")).normalize())
            : List.of();
    String title = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    return new Comparison(title, tasks, List.copyOf(methods.keySet()), cells, kept);
  }

  private static Map<String, List<String>> methods(YamlBlock yaml) {
    YamlBlock block = yaml.block("methods");
    Map<String, List<String>> methods = new LinkedHashMap<>();
    for (String name : block.keys()) {
      if (!NAME.matcher(name).matches() || name.startsWith("single")) {
        throw new IllegalArgumentException(
            "methods: '%s' must be a name of letters, digits, blanks and + . _ -, not beginning with 'single'"
                .formatted(name));
      }
      methods.put(name, settings(block.blockOrWord(name, "method")));
    }
    if (methods.isEmpty()) {
      throw new IllegalArgumentException(
          "methods is empty: name at least one, for instance 'methods: {full: full}'");
    }
    return methods;
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

  /** The settings of a block as {@code --set} takes them; JSON is YAML. */
  private static List<String> settings(YamlBlock block) {
    return block.keys().stream().map(key -> key + "=" + value(block.node().get(key))).toList();
  }

  private static String value(JsonNode node) {
    return node.isNull() ? "" : node.toString();
  }

  /** Full fine-tuning of the base's model for one of its tasks. */
  private static List<String> alone(Path base, List<String> all, String task) {
    JsonNode tasks = YamlBlock.tree(RunConfig.read(base, all).json()).path("tasks");
    return List.of("method=full", "tasks={\"%s\": %s}".formatted(task, tasks.path(task)));
  }

  private static Cell cell(
      String row, String name, long seed, Path base, List<String> all, List<String> own) {
    List<String> overrides = new ArrayList<>(all);
    overrides.addAll(own);
    overrides.add("train.seed=" + seed);
    return new Cell(
        row, name.replace(' ', '_') + "-seed" + seed, seed, RunConfig.read(base, overrides));
  }
}
