package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.run.yaml.YamlText;
import dev.mtlora.spec.bind.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written of all keys is what is read. */
class ConfigurationPageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final String CURE =
      "is stale: ./mvnw -pl train -am test -Dtest=ConfigurationPageTest -Dmtlora.write=true writes it";

  private final ObjectNode schema = (ObjectNode) JsonText.read(RunSpec.schema());
  private final ConfigurationPage page = new ConfigurationPage();

  private static void assertWritten(String name, String text) throws IOException {
    Path file = DOCS.resolve(name);
    if (Boolean.getBoolean("mtlora.write")) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file)).as("%s %s", name, CURE).isEqualTo(text);
  }

  @Test
  void page_ofAllKeys_isWhatIsCommitted() throws IOException {
    assertWritten("configuration.md", page.page(schema));
  }

  @Test
  void schema_ofAllKeys_isWhatIsCommitted() throws IOException {
    assertWritten("configuration.schema.json", page.described(schema).toPrettyString() + "\n");
  }

  @Test
  void keys_all_haveAMeaning() {
    List<String> without = new ArrayList<>();
    without(schema, "", without);
    assertThat(without).isEmpty();
    assertThat(page.page(schema)).contains(AdapterMethods.ids());
  }

  private void without(JsonNode node, String path, List<String> found) {
    for (Map.Entry<String, JsonNode> property : node.path("properties").properties()) {
      String record = property.getValue().path("$comment").asText();
      if (!record.isEmpty() && page.meaning(record, property.getKey()).isEmpty()) {
        found.add(path + property.getKey() + " of " + record);
      }
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      without(field.getValue(), path + field.getKey() + ".", found);
    }
    if (node.isArray()) {
      node.forEach(element -> without(element, path, found));
    }
  }

  /** A written configuration has no key that the schema lacks. */
  @Test
  void schema_ofWrittenConfigurations_hasTheirKeys() throws IOException {
    for (String name : Shipped.names()) {
      RunSpec run =
          RunSpec.parse(
              new RunSpec.Source(name, Path.of("")), Shipped.text(name).orElseThrow(), List.of());
      assertKnown(YamlText.read(run.yaml()), schema, name);
    }
  }

  private static void assertKnown(JsonNode value, JsonNode schema, String path) {
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      List<JsonNode> known = new ArrayList<>(List.of(schema));
      schema.path("anyOf").forEach(known::add);
      List<JsonNode> below = new ArrayList<>();
      for (JsonNode one : known) {
        below.add(one.path("properties").path(field.getKey()));
        below.add(one.path("additionalProperties"));
      }
      below.removeIf(one -> !one.isObject());
      assertThat(below).as(path + "." + field.getKey()).isNotEmpty();
      assertKnown(field.getValue(), below.get(0), path + "." + field.getKey());
    }
  }
}
