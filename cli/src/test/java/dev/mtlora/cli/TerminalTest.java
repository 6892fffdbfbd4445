package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What reaches a terminal, and how a program ends that fails in other ways than by exceptions. */
class TerminalTest {
  private static final String LINE = System.lineSeparator();

  private final StringWriter text = new StringWriter();
  private final Terminal terminal = new Terminal(text);

  @Test
  void print_controlCharacters_areWrittenOutButForEndsOfLines() {
    terminal.print("a\u001b[2Jb\rc\td\u0007\u009b1m\u202Ee\u2028f");
    terminal.println();
    terminal.print('\u001b');
    terminal.write(new char[] {'x', '\b', 'y'}, 1, 2);
    terminal.println("two" + LINE + "lines");
    terminal.flush();
    assertThat(text.toString())
        .isEqualTo(
            "a\\u001b[2Jb\\u000dc\\u0009d\\u0007\\u009b1m\\u202ee\\u2028f"
                + LINE
                + "\\u001b\\u0008ytwo"
                + LINE
                + "lines"
                + LINE);
  }

  @Test
  void printf_namesWithLineFeeds_stayOnTheirLine() {
    terminal.printf(Locale.ROOT, "%s and %s: %d%n", "a\nmtlora: done", Path.of("b\nc"), 3);
    assertThat(text.toString()).isEqualTo("a\\nmtlora: done and b\\nc: 3" + LINE);
  }

  @Test
  void print_umlautsEmojiAndJoiners_stay() {
    terminal.print("größe می‌خواهم 👩‍🎨 C:\\n");
    terminal.flush();
    assertThat(text.toString()).isEqualTo("größe می‌خواهم 👩‍🎨 C:\\n");
  }

  @Test
  void command_thatRunsOutOfMemory_endsWithAMessageAndOne() {
    for (boolean inAThread : new boolean[] {false, true}) {
      Callable<Integer> full =
          () -> {
            Error error = new OutOfMemoryError("Java heap space");
            if (inAThread) {
              throw new IllegalStateException("a thread failed", error);
            }
            throw error;
          };
      text.getBuffer().setLength(0);
      int code =
          Main.commandLine()
              .addSubcommand("full", CommandLine.Model.CommandSpec.wrapWithoutInspection(full))
              .setErr(new PrintWriter(text, true))
              .execute("full");
      assertThat(code).isEqualTo(1);
      assertThat(text.toString())
          .startsWith("mtlora: memory ran out (Java heap space): Java may use ")
          .contains("-Xmx")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void commands_printToTerminalsUnlessToldOtherwise() {
    CommandLine eval = Main.commandLine().getSubcommands().get("eval");
    assertThat(eval.getOut()).isInstanceOf(Terminal.class);
    assertThat(eval.getErr()).isInstanceOf(Terminal.class);
  }

  @Test
  void help_hasNoEscapes() {
    Main.commandLine().setOut(terminal).execute("--help");
    assertThat(text.toString()).contains("Usage: mtlora").doesNotContain("\\u001b");
  }
}
