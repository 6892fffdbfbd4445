package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final CommandLine command = Main.commandLine().setOut(new PrintWriter(out));

  @Test
  void main_version_printsItAndReturnsZero() {
    assertThat(command.execute("--version")).isZero();
    assertThat(out.toString()).startsWith("mtlora ");
  }

  @Test
  void main_help_printsUsageAndReturnsZero() {
    assertThat(command.execute("--help")).isZero();
    assertThat(out.toString()).contains("Usage: mtlora");
  }

  @Test
  void main_withoutCommand_returnsTwo() {
    assertThat(command.execute()).isEqualTo(2);
  }

  @Test
  void main_unknownOption_returnsTwo() {
    command.setErr(new PrintWriter(new StringWriter()));
    assertThat(command.execute("--no-such-option")).isEqualTo(2);
  }
}
