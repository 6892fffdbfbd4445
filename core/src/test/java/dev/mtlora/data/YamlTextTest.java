package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    tree.put(text, 1);
    assertThat(YamlText.read(YamlText.write(tree))).isEqualTo(tree);
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
    assertThatThrownBy(() -> YamlText.read("a: 1\na: 2")).hasMessageContaining("Duplicate");
  }
}
