package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.spec.TableResize;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tables of relative positions at another window; {@code BackboneFilesTest} has the reference's.
 */
class TableResizeTest {
  private static final String TABLE = "layers.0.blocks.0.attn.relative_position_bias_table";
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: %d, window: %d, embed: 6, depths: [1], heads: [2],
              mlpRatio: 2, neckChannels: [4], weights: '%s'%s}
      method: {name: frozen}
      tasks: {depth: {}}
      data: {kind: scenes}
      """;

  @TempDir private Path folder;

  private static Backbone swin(int window, int heads) {
    SwinSettings settings =
        new SwinSettings(
            4 * window, 6, List.of(1), List.of(heads), window, 2, 0, SwinSettings.Options.STANDARD);
    return Backbone.of(settings, new FullFineTuning(), List.of("depth"), new Rng(1));
  }

  /** Values that look like chance. */
  private static float[] values(int window, int heads) {
    float[] values = new float[(2 * window - 1) * (2 * window - 1) * heads];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7919 % 1000) / 1000f - 0.5f;
    }
    return values;
  }

  /** A file of a backbone whose table has these values. */
  private Path file(int window, int heads, float[] table) {
    Path file = folder.resolve("some.safetensors");
    try (Scope scope = Scope.inference()) {
      Backbone saved = swin(window, heads);
      Tensor target = saved.state().get(TABLE);
      target.assignInPlace(Tensor.of(table, target.shape()));
      Weights.save(file, saved, DType.F32);
    }
    return file;
  }

  private float[] resized(int window, int heads, float[] table, int to) {
    try (Scope scope = Scope.inference()) {
      Backbone loaded = swin(to, heads);
      Weights.loadBackbone(file(window, heads, table), loaded, TableResize.TIMM);
      return loaded.state().get(TABLE).toFloats();
    }
  }

  /** Offsets -1, 0, 1 stand where they stood, and what is farther out repeats the last. */
  @Test
  void timm_windowOfTwoToThree_repeatsTheBorder() {
    float[] table = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertThat(resized(2, 1, table, 3))
        .containsExactly(
            1, 1, 2, 3, 3, //
            1, 1, 2, 3, 3, //
            4, 4, 5, 6, 6, //
            7, 7, 8, 9, 9, //
            7, 7, 8, 9, 9);
  }

  /**
   * No ratio up to 1.5 makes 1 + q reach 3: the rows stand at -2.5, -1, 0, 1, 2.5, so that an
   * offset of -2 is a third of the way from -1 to -2.5 short of the latter, twice: 2/3 and 1/3.
   */
  @Test
  void timm_windowOfThreeToFour_isLinearBetweenGeometricPositions() {
    float[] table = new float[25];
    for (int i = 0; i < 5; i++) {
      table[i * 5] = 3; // the column at -2.5
      table[i * 5 + 4] = 30; // the column at 2.5
    }
    float[] row = {3, 2, 0, 0, 0, 20, 30};
    float[] resized = resized(3, 1, table, 4);
    for (int i = 0; i < 49; i++) {
      assertThat(resized[i]).as("value %d", i).isCloseTo(row[i % 7], within(2e-5f));
    }
  }

  /**
   * What timm 1.0.29 makes of the same values: six of them, their sum and that of their squares.
   */
  @ParameterizedTest
  @CsvSource({
    "7, 12, 3, -0.49999 0.418997 0.253702 -0.25467 0.007 -0.404998, -13.162317, 73.264911",
    "4, 7, 2, -0.5 0.419 0.293 0.105333 -0.469 -0.276, -7.746592, 22.136710",
    "7, 4, 2, -0.311038 -0.363399 0.125872 0.16 -0.189 0.095909, 0.436410, 8.121454"
  })
  void timm_anyWindow_givesItsNumbers(
      int window, int to, int heads, String some, double sum, double squares) {
    float[] resized = resized(window, heads, values(window, heads), to);
    int[] at = {0, 1, 7, resized.length / 3, resized.length / 2, resized.length - 2};
    String[] expected = some.split(" ");
    for (int i = 0; i < at.length; i++) {
      assertThat(resized[at[i]])
          .as("value %d", at[i])
          .isCloseTo(Float.parseFloat(expected[i]), offset(3e-6f));
    }
    double actualSum = 0;
    double actualSquares = 0;
    for (float value : resized) {
      actualSum += value;
      actualSquares += value * value;
    }
    assertThat(actualSum).isCloseTo(sum, offset(5e-4));
    assertThat(actualSquares).isCloseTo(squares, offset(5e-4));
  }

  @Test
  void timm_sameWindow_changesNothing() {
    assertThat(resized(4, 2, values(4, 2), 4)).isEqualTo(values(4, 2));
  }

  private RunSpec config(int window, String more) {
    Path file = file(4, 2, values(4, 2));
    return RunSpec.parse(
        new RunSpec.Source("test", folder),
        String.format(Locale.ROOT, CONFIG, 4 * window, window, file, more),
        List.of());
  }

  private static float[] table(RunSpec config) {
    try (Scope scope = Scope.open()) {
      return Assembly.of(config).model().backbone().state().get(TABLE).toFloats();
    }
  }

  @Test
  void setting_inAConfiguration_decidesAndSurvivesInItsCopies() {
    RunSpec timm = config(7, ", tableResize: timm");
    RunSpec reference = config(7, ", tableResize: reference");
    RunSpec absent = config(7, "");
    assertThat(absent.model().tableResize()).isEqualTo(TableResize.REFERENCE);
    assertThat(table(absent)).isEqualTo(table(reference)).isNotEqualTo(table(timm));
    assertThat(table(timm)).isEqualTo(resized(4, 2, values(4, 2), 7));
    RunSpec.Source source = new RunSpec.Source("copy", folder);
    for (String copy : List.of(timm.yaml(), timm.json())) {
      assertThat(RunSpec.parse(source, copy, List.of()).model().tableResize())
          .isEqualTo(TableResize.TIMM);
    }
  }

  @Test
  void setting_unknownWord_namesTheKnown() {
    assertThatThrownBy(() -> config(7, ", tableResize: tim"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown tableResize 'tim'")
        .hasMessageContaining("timm");
  }
}
