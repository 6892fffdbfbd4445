package dev.mtlora;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the house that a compiler does not know, checked on source text.
 *
 * <p>Comments do not count, so javadoc may link anywhere; a fully qualified name in code counts
 * like an import.
 *
 * @param order packages directly under {@code dev.mtlora}; each may use only itself and those
 *     before it
 * @param longFiles files that may be longer than 300 lines, by path under the source root, with the
 *     reason
 */
record SourceRules(List<String> order, Map<String, String> longFiles) {
  private static final int MAX_LINES = 300;

  /** Libraries that only some packages may know. */
  private static final Map<String, Set<String>> RESERVED =
      Map.of(
          "org.bytedeco.pytorch", Set.of("tensor"),
          "org.bytedeco.opencv", Set.of("image"),
          "org.bytedeco", Set.of("tensor", "image"));

  private static final List<Pattern> FORBIDDEN =
      Stream.of(
              "System\\s*\\.\\s*gc\\b", "System\\s*\\.\\s*(out|err)\\b", "\\.printStackTrace\\(\\)")
          .map(Pattern::compile)
          .toList();

  /** What is special about a task is said by itself and its {@code Label}, not asked by its id. */
  private static final Pattern TASK_ID =
      Pattern.compile("\"(semseg|human_parts|sal|normals|edge|depth)\"");

  /** Of the encodings, one has the name of a task. */
  private static final Pattern MAY_NAME_TASKS =
      Pattern.compile("^dev/mtlora/((task|data/scenes|data/multitask)/.*|data/Encodings.java)");

  private static final Pattern OURS = Pattern.compile("\\bdev\\.mtlora\\.([a-z]\\w*)");

  /** What lies in {@code dev.mtlora} itself, and how it is used. */
  private static final String ROOT = "mtlora";

  private static final Pattern FIRST = Pattern.compile("\\bdev\\.mtlora\\.[A-Z]");
  private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  /** What breaks a rule under this source root, one line each; empty if all is well. */
  List<String> violations(Path sources) {
    List<String> found = new ArrayList<>();
    Set<Path> packages = new TreeSet<>();
    Map<String, String> unused = new HashMap<>(longFiles);
    for (Path file : javaFiles(sources)) {
      packages.add(file.getParent());
      String text = read(file);
      String name = sources.relativize(file).toString().replace('\\', '/');
      unused.remove(name);
      checkLength(name, text.lines().count(), found);
      checkCode(name, COMMENT.matcher(text).replaceAll(" "), found);
    }
    packages.forEach(directory -> checkNullMarked(sources, directory, found));
    unused.keySet().forEach(name -> found.add(name + ": listed as long but does not exist"));
    return found;
  }

  private void checkLength(String name, long lines, List<String> found) {
    boolean listed = longFiles.containsKey(name);
    if (lines > MAX_LINES && !listed) {
      found.add(
          String.format(
              Locale.ROOT, "%s: %d lines, more than %d without a reason", name, lines, MAX_LINES));
    }
    if (lines <= MAX_LINES && listed) {
      found.add(
          String.format(Locale.ROOT, "%s: listed as long but has only %d lines", name, lines));
    }
  }

  private void checkCode(String name, String code, List<String> found) {
    Matcher home = Pattern.compile("^dev/mtlora/(?:(\\w+)/.*|[\\w-]+\\.java)").matcher(name);
    if (!home.matches() || !order.contains(of(home.group(1)))) {
      found.add(name + ": lies in none of the packages " + order);
      return;
    }
    String from = of(home.group(1));
    Set<String> used = new TreeSet<>();
    if (FIRST.matcher(code).find()) {
      used.add(ROOT);
    }
    OURS.matcher(code).results().forEach(match -> used.add(match.group(1)));
    for (String to : used) {
      if (!order.subList(0, order.indexOf(from) + 1).contains(to)) {
        found.add(String.format(Locale.ROOT, "%s: '%s' may not use '%s'", name, from, to));
      }
    }
    RESERVED.forEach(
        (library, owners) -> {
          if (code.contains(library + ".") && !owners.contains(from)) {
            found.add(String.format(Locale.ROOT, "%s: '%s' may not use %s", name, from, library));
          }
        });
    if (code.contains("org.bytedeco.opencv.") && !code.contains("KernelThreads.settle()")) {
      found.add(name + ": loads OpenCV without KernelThreads.settle() before it");
    }
    for (Pattern pattern : FORBIDDEN) {
      pattern.matcher(code).results().forEach(m -> found.add(name + ": uses " + m.group()));
    }
    if (!MAY_NAME_TASKS.matcher(name).matches()) {
      TASK_ID.matcher(code).results().forEach(m -> found.add(name + ": names task " + m.group()));
    }
  }

  private static String of(@Nullable String folder) {
    return folder == null ? ROOT : folder;
  }

  private static void checkNullMarked(Path sources, Path directory, List<String> found) {
    Path info = directory.resolve("package-info.java");
    if (!Files.exists(info)
        || !COMMENT.matcher(read(info)).replaceAll("").contains("@NullMarked")) {
      found.add(sources.relativize(directory) + ": has no package-info.java with @NullMarked");
    }
  }

  private static List<Path> javaFiles(Path sources) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
