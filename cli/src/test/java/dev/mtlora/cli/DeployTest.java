package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.peft.MtLora;
import dev.mtlora.server.ModelServer;
import dev.mtlora.server.ModelStore;
import dev.mtlora.server.ServerOptions;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/deploy.md and examples/deploy/ say of commands, options and addresses is so. */
class DeployTest extends CommandCase {
  private static final Path PAGE = Path.of("..", "docs", "deploy.md");
  private static final Path FILES = Path.of("..", "examples", "deploy");

  /** Addresses of ours, and what others ask of Triton, which has the same. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![\\w./-])(?:https?://[\\w.]+(?::\\d+)?|\\w+:\\d+)?(/v[12][/\\w]*|/metrics)\\b");

  private static final Pattern LAUNCHER = Pattern.compile("(?m)^\\./mtlora ([^#\\n]+)");
  private static final Pattern INLINE = Pattern.compile("`(--[a-z-]+)[^`]*`");

  static Stream<Path> yaml() throws IOException {
    return files().filter(file -> file.toString().endsWith(".yaml"));
  }

  private static Stream<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(FILES)) {
      return all.filter(Files::isRegularFile).sorted().toList().stream();
    }
  }

  private static List<JsonNode> documents(Path file) throws IOException {
    try (var values =
        new ObjectMapper()
            .readerFor(JsonNode.class)
            .with(new YAMLFactory())
            .<JsonNode>readValues(file.toFile())) {
      return values.readAll();
    }
  }

  @ParameterizedTest
  @MethodSource("yaml")
  void yaml_everyFile_namesWhatItIs(Path file) throws IOException {
    List<JsonNode> documents = documents(file);
    assertThat(documents).isNotEmpty();
    for (JsonNode document : documents) {
      assertThat(document.path("apiVersion").asText()).isNotEmpty();
      assertThat(document.path("kind").asText()).isNotEmpty();
      assertThat(document.at("/metadata/name").asText()).isNotEmpty();
    }
    assertThat(Files.readString(PAGE)).contains(file.getFileName().toString());
  }

  /** Containers get room to unpack, may change nothing else, and are asked what the server says. */
  @ParameterizedTest
  @MethodSource("yaml")
  void containers_everyFile_startTheServer(Path file) throws IOException {
    List<JsonNode> containers = new ArrayList<>();
    for (JsonNode document : documents(file)) {
      document.findValues("containers").forEach(list -> list.forEach(containers::add));
    }
    assertThat(containers).hasSize(1);
    JsonNode container = containers.get(0);
    assertParses(words(container.path("args")));
    assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/v2/health/ready");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/v2/health/ready");
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/v2/health/live");
    assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(8080);
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("volumeMounts").findValuesAsText("mountPath")).contains("/cache");
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.asText()));
    return words;
  }

  private static void assertParses(List<String> command) {
    assertThat(command).isNotEmpty();
    Main.commandLine().parseArgs(command.toArray(String[]::new)); // or it throws
  }

  @Test
  void commands_ofThePageAndFiles_areThose() throws IOException {
    Map<String, String> commands = new LinkedHashMap<>();
    String page = Files.readString(PAGE);
    LAUNCHER.matcher(page).results().forEach(line -> commands.put(line.group(), line.group(1)));
    assertThat(commands).hasSizeGreaterThan(2);
    String unit = Files.readString(FILES.resolve("mtlora.service"));
    commands.put("unit", first(Pattern.compile("-jar /opt/mtlora/mtlora\\.jar (.*)"), unit));
    for (String command : commands.values()) {
      assertParses(List.of(command.strip().split("\\s+")));
    }
    JsonNode docker =
        new ObjectMapper()
            .readTree(
                first(
                    Pattern.compile("(?m)^CMD (\\[.*])"),
                    Files.readString(FILES.resolve("Dockerfile"))));
    assertParses(words(docker));
  }

  private static String first(Pattern pattern, String text) {
    return pattern.matcher(text).results().findFirst().orElseThrow().group(1);
  }

  @Test
  void options_inThePage_areThoseOfServeOrExport() throws IOException {
    Set<String> known = new TreeSet<>();
    for (String command : List.of("serve", "export")) {
      known.addAll(
          Main.commandLine().getSubcommands().get(command).getCommandSpec().optionsMap().keySet());
    }
    List<String> named =
        INLINE.matcher(Files.readString(PAGE)).results().map(option -> option.group(1)).toList();
    assertThat(named).isNotEmpty();
    assertThat(known).containsAll(named);
  }

  @Test
  void addresses_ofThePageAndFiles_areAnswered() throws Exception {
    Set<String> addresses = new TreeSet<>();
    for (Path file : Stream.concat(Stream.of(PAGE), files()).toList()) {
      ADDRESS
          .matcher(Files.readString(file))
          .results()
          .map((MatchResult found) -> found.group(1))
          .forEach(addresses::add);
    }
    assertThat(addresses)
        .contains("/v2/health/live", "/v2/health/ready", "/metrics", "/v2/models/street/infer");
    SwinSettings swin =
        new SwinSettings(
            32, 8, List.of(1, 1), List.of(1, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    ModelSpec spec =
        new ModelSpec(new Network(swin), MtLora.paper(4, 2), List.of(new Depth()), false);
    try (TrainedModel model = TrainedModel.create(spec)) {
      model.save(folder.resolve("street"));
    }
    try (ModelStore store = new ModelStore()) {
      store.add("street", folder.resolve("street"));
      try (ModelServer server = ModelServer.start(ServerOptions.USUAL.at("127.0.0.1", 0), store)) {
        for (String address : addresses) {
          assertThat(isKnown(server.port(), address)).as(address).isTrue();
        }
      }
    }
  }

  /** True if there is something at an address; those that want a body say 400 without one. */
  private static boolean isKnown(int port, String address) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + address));
    HttpClient client = HttpClient.newHttpClient();
    int status = client.send(request.GET().build(), BodyHandlers.discarding()).statusCode();
    if (status == 405) {
      HttpRequest post = request.POST(BodyPublishers.noBody()).build();
      status = client.send(post, BodyHandlers.discarding()).statusCode();
    }
    return status == 200 || status == 400;
  }
}
