package dev.mtlora.task;

import java.util.Comparator;
import java.util.List;

/** The catalogue of tasks. */
public final class Tasks {
  private static final int PASCAL_CLASSES = 21;
  private static final List<String> NAMES =
      List.of("semseg", "human_parts", "sal", "normals", "edge", "depth");

  private Tasks() {}

  /** The ids of all tasks. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Makes a task.
   *
   * @throws IllegalArgumentException for an unknown id, naming the nearest known one, or for
   *     settings that the task doesn't have or that are out of range
   */
  public static Task of(String id, TaskSettings settings) {
    if (!id.equals("semseg")
        && (settings.classes().isPresent() || !settings.classNames().isEmpty())) {
      throw new IllegalArgumentException(
          "task '%s' has a fixed number of outputs: classes and class names are for semseg"
              .formatted(id));
    }
    return switch (id) {
      case "semseg" ->
          new Semseg(
              settings.classes().orElse(PASCAL_CLASSES),
              settings.classNames(),
              settings.weight().orElse(Semseg.WEIGHT));
      case "human_parts" -> new HumanParts(settings.weight().orElse(HumanParts.WEIGHT));
      case "sal" -> new Saliency(settings.weight().orElse(Saliency.WEIGHT), settings.reference());
      case "normals" -> new Normals(settings.weight().orElse(Normals.WEIGHT));
      case "edge" -> new Edge(settings.weight().orElse(Edge.WEIGHT), settings.reference());
      case "depth" -> new Depth(settings.weight().orElse(Depth.WEIGHT));
      default -> throw unknown(id);
    };
  }

  private static IllegalArgumentException unknown(String id) {
    String nearest =
        NAMES.stream().min(Comparator.comparingInt(name -> distance(id, name))).orElseThrow();
    return new IllegalArgumentException(
        "unknown task '%s': did you mean '%s'? Known are %s"
            .formatted(id, nearest, String.join(", ", NAMES)));
  }

  /** Edits that turn one word into the other (Levenshtein 1966). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], row[j]));
      }
    }
    return row[b.length()];
  }
}
