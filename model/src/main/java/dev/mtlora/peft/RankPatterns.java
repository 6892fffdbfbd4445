package dev.mtlora.peft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Ranks of single layers by pattern, over those by stage: {@code "stage3.*.qkv": 32} for shared
 * matrices, {@code "stage*.block-last.proj/depth": 8} for those of a task ({@code /*}: of every
 * task).
 *
 * <p>A pattern names stage, block and layer, this by its family's word or by that of its kind
 * ({@link Slot}); in each, {@code *} stands for anything. Stages and blocks count from 1; the last
 * block of a stage is also {@code block-last}. Where several patterns match, the last one wins.
 *
 * @param byPattern rank by pattern, in order; 0 for no update
 */
record RankPatterns(Map<String, Integer> byPattern) {
  private static final Pattern FORM =
      Pattern.compile("[a-z0-9*-]+\\.[a-z0-9*-]+\\.[a-z0-9_*]+(/[^/]+)?");

  /** Checks the form of every pattern, and the ranks. */
  RankPatterns {
    byPattern = Collections.unmodifiableMap(new LinkedHashMap<>(byPattern));
    byPattern.forEach(
        (pattern, rank) -> {
          if (!FORM.matcher(pattern).matches()) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "ranks: '%s' must be stage.block.slot or stage.block.slot/task, for instance"
                        + " stage3.*.qkv or stage*.block-last.proj/depth",
                    pattern));
          }
          Sizes.checkRank(rank, "ranks." + pattern);
        });
  }

  /** The rank of a layer's shared matrices, unless a pattern says otherwise the given one. */
  int shared(Site site, int otherwise) {
    return last(names(site, ""), otherwise);
  }

  /** The rank of a task's matrices, unless a pattern says otherwise the given one. */
  int task(Site site, String task, int otherwise) {
    return last(names(site, "/" + task), otherwise);
  }

  private int last(List<String> names, int otherwise) {
    int rank = otherwise;
    for (Map.Entry<String, Integer> entry : byPattern.entrySet()) {
      rank = matches(entry.getKey(), names) ? entry.getValue() : rank;
    }
    return rank;
  }

  /** The names of a layer that a pattern may match. */
  private static List<String> names(Site site, String owner) {
    List<String> names = new ArrayList<>();
    for (String word : words(site)) {
      for (String block : blocks(site)) {
        names.add(
            String.format(Locale.ROOT, "stage%d.%s.%s%s", site.stage() + 1, block, word, owner));
      }
    }
    return names;
  }

  /** The pattern that matches the shared matrices of one layer, or those of a task, alone. */
  static String name(Site site, String task) {
    return names(site, task.isEmpty() ? "" : "/" + task).get(0);
  }

  private static List<String> blocks(Site site) {
    String counted = "block" + (site.block() + 1);
    return site.inLastBlock() ? List.of(counted, "block-last") : List.of(counted);
  }

  /** The family's word, which is the layer's alone, and that of its kind. */
  private static List<String> words(Site site) {
    String kind = site.kind().word();
    return site.word().equals(kind) ? List.of(kind) : List.of(site.word(), kind);
  }

  private static boolean matches(String pattern, List<String> names) {
    String regex =
        pattern
            .replaceAll("\\*+", "*") // one is as good as many, which take for ever to match
            .chars()
            .mapToObj(c -> c == '*' ? "[^./]*" : quoted(c))
            .collect(Collectors.joining());
    return names.stream().anyMatch(name -> name.matches(regex));
  }

  private static String quoted(int character) {
    return Pattern.quote(Character.toString(character));
  }

  /**
   * Fails if a pattern matches nothing.
   *
   * @param shared layers that have shared matrices
   * @param forked layers that have matrices of tasks
   * @param tasks their names
   */
  void requireMatches(List<Site> shared, List<Site> forked, List<String> tasks) {
    for (String pattern : byPattern.keySet()) {
      boolean matched =
          shared.stream().anyMatch(site -> matches(pattern, names(site, "")))
              || forked.stream()
                  .anyMatch(s -> tasks.stream().anyMatch(t -> matches(pattern, names(s, "/" + t))));
      if (!matched) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "ranks: '%s' matches no matrices; there are %s, and of the tasks %s: %s",
                pattern,
                listed(shared),
                tasks,
                listed(forked)));
      }
    }
  }

  /** By stage the blocks and slots that there are. */
  private static String listed(List<Site> sites) {
    Map<String, Set<String>> slots = new LinkedHashMap<>();
    for (Site site : sites) {
      String block =
          String.format(
              Locale.ROOT, "stage%d.%s", site.stage() + 1, String.join("=", blocks(site)));
      slots.computeIfAbsent(block, b -> new LinkedHashSet<>()).add(site.word());
    }
    return slots.isEmpty()
        ? "none"
        : slots.entrySet().stream()
            .map(e -> e.getKey() + "." + e.getValue())
            .collect(Collectors.joining(", "));
  }
}
