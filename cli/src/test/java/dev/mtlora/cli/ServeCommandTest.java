package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a program. */
class ServeCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  private int serve(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(arguments);
  }

  private Path model() {
    SwinSettings swin =
        new SwinSettings(
            32, 8, List.of(1, 1), List.of(1, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    ModelSpec spec =
        new ModelSpec(new Network(swin), MtLora.paper(4, 2), List.of(new Depth()), false);
    try (TrainedModel model = TrainedModel.create(spec)) {
      model.save(folder.resolve("tiny"));
    }
    return folder.resolve("tiny");
  }

  @Test
  void serve_whatIsNoModel_failsWithItsName() {
    assertThat(serve("serve", folder.resolve("none").toString())).isEqualTo(1);
    assertThat(out.toString()).contains("none");
  }

  @Test
  void serve_optionsThatDoNotFit_areWrongUse() {
    assertThat(serve("serve", "x", "--port", "70000")).isEqualTo(2);
    assertThat(out.toString()).contains("65,535");
    assertThat(serve("serve", "x", "--batch", "0")).isEqualTo(2);
    assertThat(out.toString()).contains("1 to 256 pictures");
    assertThat(serve("serve", "x", "--grpc-port", "8080")).isEqualTo(2);
    assertThat(out.toString()).contains("HTTP and gRPC cannot have one port");
    assertThat(serve("serve")).isEqualTo(2);
  }

  @Test
  void serve_twoOfOneName_asksForOthers() {
    String tiny = model().toString();
    assertThat(serve("serve", tiny, tiny)).isEqualTo(2);
    assertThat(out.toString()).contains("two models are named 'tiny'", "NAME=RUN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "auto"})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "processes cannot be asked there, only killed")
  void serve_untilItIsAskedToEnd_answersAndEndsWell(String engine) throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "street=" + model(),
                "--port",
                "0",
                "--grpc-port",
                "0",
                "--engine",
                engine)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      Pattern said = Pattern.compile("serving street at (http://127\\.0\\.0\\.1:[0-9]+/)");
      Matcher matcher = said.matcher(Files.readString(log));
      while (!matcher.find()) {
        assertThat(process.isAlive()).as(() -> read(log)).isTrue();
        Thread.sleep(50);
        matcher = said.matcher(Files.readString(log));
      }
      URI ready = URI.create(matcher.group(1) + "v2/models/street/ready");
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("{\"name\":\"street\",\"ready\":true}");
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-TERM", pid).start().waitFor()).isZero();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(() -> read(log)).isTrue();
      assertThat(process.exitValue()).as(() -> read(log)).isZero();
      assertThat(read(log))
          .contains("stopped", "gRPC at 127.0.0.1:", "\"path\":\"/v2/models/street/ready\"");
      assertThat(read(log)).doesNotContain("SLF4J", "INFO", "itself");
      assertThat(Files.exists(folder.resolve("tiny/exports"))).isEqualTo(engine.equals("auto"));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
