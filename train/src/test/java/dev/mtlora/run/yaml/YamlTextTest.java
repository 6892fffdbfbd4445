package dev.mtlora.run.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.spec.bind.Plain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no",
        "on",
        "off",
        "yes",
        "y",
        "N",
        "true",
        "False",
        "null",
        "~",
        "=",
        "<<",
        "007",
        "0x1F",
        "0b11",
        "0o17",
        "1_000",
        "1.5",
        "1e3",
        "12e03",
        ".5",
        "1.",
        "-1",
        "+.5",
        ".inf",
        "-.inf",
        ".NaN",
        "1:30",
        "2001-01-01",
        "-",
        "?",
        "a: b",
        "a #b",
        "#b",
        "'x",
        "\"x",
        "[x",
        "x}",
        "&a",
        "*a",
        "!a",
        "|",
        "> ",
        "%a",
        "@a",
        "`a",
        " a",
        "a ",
        "a  b",
        "a\nb",
        "a\n",
        "\ta",
        "\r",
        "\u001b[31m",
        "\u0085",
        "\u00a0",
        "\u2028",
        "\u202e",
        "\ufeff",
        "ä b",
        "/a/b c",
        "a:",
        "---"
      })
  void write_textThatYamlCouldTakeForMore_readsBackTheSame(String text) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.put("value", text).putArray("list").add(text);
    tree.put(text, "x");
    JsonNode read = YamlText.read(YamlText.write(tree));
    assertThat(read.get("value").textValue()).isEqualTo(text);
    assertThat(read.at("/list/0").textValue()).isEqualTo(text);
    assertThat(read.path(text).textValue()).isEqualTo("x");
  }

  @Test
  void write_plainWordsAndPaths_haveNoQuotes() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.put("root", "/data/my pictures").put("name", "swin-micro").put("on", true).put("n", 1e-3);
    assertThat(YamlText.write(tree).lines())
        .containsExactly(
            "root: /data/my pictures", "name: swin-micro", "\"on\": true", "\"n\": 0.001");
  }

  @Test
  void read_noYaml_namesTheLine() {
    assertThatThrownBy(() -> YamlText.read("a: 1\nb: ["))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not valid YAML (line ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'a: 1\na: 2' | (line 2): the key 'a' is there twice",
        "'a: &x 1' | (line 1): anchors and aliases (&name, *name) are not read",
        "'a: [*x]' | anchors and aliases",
        "'&x a: 1' | anchors and aliases",
        "'a: 1\n---\nb: 2' | (line 2): a second document begins",
        "'a: !!int 5' | (line 1): the tag tag:yaml.org,2002:int is not read",
        "'a: !!java.net.URL [x]' | the tag",
        "'[a, b]: 1' | a key must be a word",
        "'{a: 1} x' | not valid YAML",
      })
  void read_whatNoConfigurationNeeds_isRefusedByName(String text, String message) {
    assertThatThrownBy(() -> YamlText.read(text.replace("\\n", "\n")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not valid YAML")
        .hasMessageContaining(message);
  }

  @Test
  void read_tooLongOrTooDeep_isRefusedBeforeItIsParsed() {
    assertThatThrownBy(() -> YamlText.read("a".repeat(9_000_000)))
        .hasMessageContaining("it has 9,000,000 characters, and a configuration has at most");
    assertThatThrownBy(() -> YamlText.read("[".repeat(150) + "]".repeat(150)))
        .hasMessageContaining("nested deeper than 100");
    assertThatThrownBy(() -> YamlText.read("[".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(YamlText.read("[".repeat(90) + "]".repeat(90)).isArray()).isTrue();
  }

  /** Of YAML's many numbers and words the text is kept; who reads it says what it is. */
  @Test
  void read_scalars_keepTheirText() {
    JsonNode tree = YamlText.read("[no, 010, 1.10, 0x1F, 1e3, true, '5', ~, '']");
    assertThat(tree.get(0).textValue()).isEqualTo("no");
    assertThat(tree.get(1).textValue()).isEqualTo("010");
    assertThat(tree.get(2).textValue()).isEqualTo("1.10");
    assertThat(tree.get(7).isNull()).isTrue();
    assertThat(tree.toString()).isEqualTo("[\"no\",10,1.1,\"0x1F\",1000.0,true,\"5\",null,\"\"]");
    assertThat(Plain.isWord(tree.get(1))).isFalse();
    assertThat(Plain.isWord(tree.get(6))).isTrue();
    assertThat(Plain.count(tree.get(1))).hasValue(10);
    assertThat(Plain.count(tree.get(6))).isEmpty();
  }
}
