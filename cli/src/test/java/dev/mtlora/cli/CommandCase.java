package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Scope;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of its own, and commands called in this process as a user calls them. */
abstract class CommandCase {
  @TempDir Path folder;
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  String at(String name) {
    return folder.resolve(name).toString();
  }

  @AfterEach
  void scopes_afterEveryCommand_areClosed() {
    assertThat(Scope.leaks()).isEmpty();
  }
}
