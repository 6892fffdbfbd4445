package dev.mtlora.files;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Texts from outside, such as names of files, tensors and classes, as they may be printed: what
 * would end a line, move the cursor of a terminal, or turn the direction of writing is written out,
 * a line feed as {@code \n}, the rest as in {@code \u001b}.
 *
 * <p>The exceptions of this library do it with their messages, so that these are safe in a log,
 * too; a program that prints names itself does it there. What is printable stays as it is,
 * backslashes too, so nothing changes when it is done twice.
 */
public final class Printable {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200c; // spelling needs it, and emoji its pair
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private static final int SOME = 8;

  private Printable() {}

  /** A text as one line. */
  public static String of(String text) {
    return written(text, false);
  }

  /** A text whose line feeds are meant, and stay. */
  public static String lines(String text) {
    return written(text, true);
  }

  /** The first few of some names, as one line, and how many more there are. */
  public static String some(Collection<String> names) {
    String first = of(names.stream().limit(SOME).collect(Collectors.joining(", ")));
    return names.size() > SOME
        ? String.format(Locale.ROOT, "%s and %d more", first, names.size() - SOME)
        : first;
  }

  private static String written(String text, boolean lines) {
    if (text.codePoints().noneMatch(Printable::isHidden)) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isHidden(c) && !(lines && c == '\n')) {
                out.append(c == '\n' ? "\\n" : String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      case Character.FORMAT -> c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER;
      default -> false;
    };
  }
}
