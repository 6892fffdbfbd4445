package dev.mtlora.cli;

import dev.mtlora.files.Printable;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What commands print to. Whatever name from a stranger's file comes this far, it cannot move the
 * cursor: control characters are written out, but for the ends of lines. Names and texts that fill
 * a format cannot even end a line.
 */
final class Terminal extends PrintWriter {
  Terminal(Writer out) {
    super(new Plain(out), true);
  }

  @Override
  public PrintWriter format(@Nullable Locale locale, String format, @Nullable Object... values) {
    return super.format(locale, format, Arrays.stream(values).map(Terminal::oneLine).toArray());
  }

  private static @Nullable Object oneLine(@Nullable Object value) {
    return value instanceof CharSequence || value instanceof Path
        ? Printable.of(value.toString())
        : value;
  }

  private static final class Plain extends FilterWriter {
    private static final String LINE = System.lineSeparator();

    Plain(Writer out) {
      super(out);
    }

    @Override
    public void write(int c) throws IOException {
      write(Character.toString((char) c));
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      write(new String(text, from, length));
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
      String lines = text.substring(from, from + length).replace(LINE, "\n");
      out.write(Printable.lines(lines).replace("\n", LINE));
    }
  }
}
