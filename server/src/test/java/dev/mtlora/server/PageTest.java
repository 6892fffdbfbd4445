package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The page in a browser, with this server behind it: src/test/page/page.test.mjs says what. */
class PageTest extends ServerCase {
  private static final Path SCRIPT = Path.of("src", "test", "page", "page.test.mjs");

  @Test
  void page_inABrowser_doesWhatAUserWants() throws IOException, InterruptedException {
    Path printed = folder.resolve("page.log");
    ProcessBuilder node =
        new ProcessBuilder("node", SCRIPT.toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    node.environment().put("MTLORA_URL", "http://127.0.0.1:" + server.port());
    int code = code(node);
    String text = Files.exists(printed) ? Files.readString(printed) : "";
    Skip.unless(code != NO_NODE, "there is no node on this machine");
    Skip.unless(!text.startsWith("skipped: "), text.strip());
    assertThat(code).as(text).isZero();
    assertThat(text).contains("ok ").doesNotContain("FAILED");
  }

  private static final int NO_NODE = -1;

  private static int code(ProcessBuilder node) throws InterruptedException {
    try {
      Process process = node.start();
      if (!process.waitFor(100, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return process.waitFor();
    } catch (IOException e) {
      return NO_NODE;
    }
  }
}
