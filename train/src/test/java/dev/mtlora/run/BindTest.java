package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.PerTask;
import dev.mtlora.nn.Plug;
import dev.mtlora.nn.Usual;
import dev.mtlora.peft.PerStage;
import dev.mtlora.run.yaml.YamlText;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of one's own, bound and written. */
class BindTest {
  private static final Catalogue<Shape> SHAPES = new Catalogue<>("shape", shapes());
  private static final Bind BIND = new Bind(List.of(Plug.of(Shape.class, "kind", SHAPES, "ball")));

  interface Shape {}

  record Ball(double radius) implements Shape {
    Ball {
      if (radius <= 0) {
        throw new IllegalArgumentException("radius must be positive but is " + radius);
      }
    }
  }

  record Box(int width, boolean open) implements Shape {}

  record Stranger() implements Shape {}

  enum Colour {
    RED,
    DEEP_BLUE
  }

  sealed interface Count {
    record Exactly(int count) implements Count {}

    record Of(List<String> names) implements Count {}

    record Words(Colour colour) implements Count {}

    record Numbers(Map<String, List<Integer>> numbers) implements Count {}
  }

  record Size(@Usual("3") int height, @Usual("deep_blue") Colour colour) {}

  record Thing(
      String name,
      @Inline Size size,
      @Usual("ball") Shape shape,
      Optional<Ball> ball,
      OptionalInt count,
      List<Double> list,
      @Usual("[]") Set<Colour> colours,
      Map<String, Integer> map,
      @Usual("1") PerStage<Integer> stages,
      PerTask<PerStage<Double>> tasks,
      @Usual("2") Count many,
      @Usual("false") boolean reference) {}

  private static Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("ball", new Ball(1));
    shapes.put("box", new Box(4, false));
    shapes.put("crate", new Box(4, true));
    return shapes;
  }

  private static Thing read(String yaml) {
    return BIND.read(Thing.class, YamlText.read(yaml));
  }

  @Test
  void read_nothingButWhatMustBe_hasTheUsual() {
    assertThat(read("name: a"))
        .isEqualTo(
            new Thing(
                "a",
                new Size(3, Colour.DEEP_BLUE),
                new Ball(1),
                Optional.empty(),
                OptionalInt.empty(),
                List.of(),
                Set.of(),
                Map.of(),
                PerStage.same(1),
                PerTask.usual(),
                new Count.Exactly(2),
                false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: 010",
        "{name: no, height: 7, colour: red, shape: crate}",
        "{name: 'true', shape: {kind: box, width: 9}}",
        "{name: a, shape: {radius: 0.25}, ball: {radius: 3}}",
        "{name: a, list: [1, 2.5, -3.0e-7], colours: [red], map: {x: 1, 'a.b': -2}}",
        "{name: a, stages: [1, 2], tasks: 0.5, many: [x, '3']}",
        "{name: a, stages: [5], tasks: {depth: 1, sal: [1, 2]}, many: red}",
        "{name: a, tasks: {'*': 0.5, depth: 1}, many: {x: [1, 2], y: []}, count: 5, reference: true}",
      })
  void write_whatWasRead_readsTheSame(String yaml) {
    Thing thing = read(yaml);
    JsonNode tree = BIND.write(thing);
    assertThat(BIND.read(Thing.class, tree)).isEqualTo(thing);
    assertThat(read(YamlText.write(tree))).isEqualTo(thing);
    assertThat(read(tree.toString())).isEqualTo(thing);
  }

  @Test
  void read_words_haveTheTextThatWasWritten() {
    assertThat(read("name: 010").name()).isEqualTo("010");
    assertThat(read("{name: a, many: [no, 1.10, 0x1F, ~x]}").many())
        .isEqualTo(new Count.Of(List.of("no", "1.10", "0x1F", "~x")));
    assertThat(read("{name: a, count: 010}").count()).hasValue(10);
    assertThat(read("{name: a, count: 1_000}").count()).hasValue(1000);
    assertThat(read("{name: a, list: 5e-1}").list()).containsExactly(0.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | name is missing: give a text",
        "[a] | the file must be a block of keys and values but is: [\"a\"]",
        "{name: a, heigth: 3} | unknown key 'heigth': did you mean 'height'?",
        "{name: a, radius: 3} | unknown key 'radius': it is a key of the block 'shape'",
        "{name: a, shape: {height: 3}} | shape: unknown key 'height': it is a key of the file itself",
        "{name: a, shape: bll} | shape: unknown kind 'bll': did you mean 'ball'?",
        "{name: a, shape: {kind: box, radius: 1}} | Known are kind, width, open",
        "{name: a, shape: {radius: -1}} | shape.radius must be positive but is -1.0",
        "{name: a, ball: {radius: x}} | ball.radius must be a number but is: \"x\"",
        "{name: a, ball: {}} | ball.radius is missing",
        "{name: a, count: 1.5} | count must be a whole number but is: 1.5",
        "{name: a, count: '5'} | count must be a whole number but is: \"5\"",
        "{name: a, count: 3000000000} | count must be a whole number but is: 3000000000",
        "{name: a, list: [1, x]} | list[1] must be a number but is: \"x\"",
        "{name: a, list: [1, ~]} | list[1] must be a number but is: null",
        "{name: a, list: 1e999} | list must be a number but is: \"Infinity\"",
        "{name: a, colour: pink} | unknown colour 'pink': did you mean 'red'? Known are red, deep_blue",
        "{name: a, colours: [red, bleu]} | unknown colours 'bleu'",
        "{name: a, map: {x: y}} | map.x must be a whole number but is: \"y\"",
        "{name: a, many: {x: }} | many.x has no value: give a list",
        "{name: a, map: {x: }} | map.x has no value: give a whole number",
        "{name: a, many: 2.5} | unknown many '2.5'",
        "{name: a, reference: yes} | reference must be true or false but is: \"yes\"",
        "{name: a, size: 1} | unknown key 'size'",
        "{name: a, stages: []} | stages must be a whole number, or a list with one per stage",
        "{name:a} | the file has the key 'name:a' without a value where 'key: value' was expected",
      })
  void read_mistake_namesPlaceValueAndExpectation(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void name_ofAMember_isThatOfTheLeastDifferent() {
    assertThat(BIND.name(Shape.class, new Box(9, false))).isEqualTo("box");
    assertThat(BIND.name(Shape.class, new Box(9, true))).isEqualTo("crate");
    assertThatThrownBy(() -> BIND.name(Shape.class, new Stranger()))
        .hasMessageContaining(
            "Stranger is no shape of the catalogue, so that it cannot be written");
  }

  @Test
  void json_keys_areInSmallLetters() {
    record Sizes(int stepSeconds, @Usual("") String baseSha256) {}
    Bind json = Bind.json();
    Sizes sizes = new Sizes(3, "x");
    assertThat(json.write(sizes).toString())
        .isEqualTo("{\"step_seconds\":3,\"base_sha256\":\"x\"}");
    assertThat(json.read(Sizes.class, json.write(sizes))).isEqualTo(sizes);
    assertThat(
            json.read(Sizes.class, JsonText.read("{\"step_seconds\": 3, \"more\": 1}"))
                .stepSeconds())
        .isEqualTo(3);
    record Score(Double value) {}
    assertThat(json.read(Score.class, json.write(new Score(Double.NEGATIVE_INFINITY))).value())
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> JsonText.read("{\"a\": 1} x")).hasMessageContaining("not valid JSON");
    assertThatThrownBy(() -> JsonText.read("{\"a\": 1, \"a\": 2}"))
        .hasMessageContaining("not valid JSON");
    assertThatThrownBy(() -> JsonText.read("[".repeat(200) + "]".repeat(200)))
        .hasMessageContaining("not valid JSON");
    assertThatThrownBy(() -> JsonText.read(new byte[9 << 20])).hasMessageContaining("at most");
  }
}
