package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pyramid Vision Transformer with adapters, version 1 (Wang et al., ICCV 2021, arXiv 2102.12122)
 * and version 2 (PVTv2, CVMJ 2022, arXiv 2106.13797). Four stages embed the patches of what comes
 * in, each at half the resolution of the one before, and let all positions attend to a reduced map:
 * the attention costs {@code N · N/R²} where one among all positions costs N².
 *
 * <pre>
 *                    version 1                        version 2
 * patches             side by side, sizes round down   overlap, sizes round up
 * positions           embeddings, added in each stage  none: a 3 x 3 convolution in the MLP
 * keys and values     norm(conv R x R)                 the same, or linear: of 7 x 7 averages
 * pyramid             the last block of each stage     the same, normed
 * </pre>
 *
 * Levels have the widths of the stages, at strides 4, 8, 16, 32. In both versions the norms of
 * blocks and stages have eps 1e-6, those of the patches and of the reduction 1e-5.
 *
 * <p>Tasks fork where the method's projections make them fork: with MTLoRA at the output of the
 * last attention of a stage, so that attention and reduction run once, and the frozen convolution
 * of the MLP, its norm and that of the stage on every stream. The next stage embeds the shared
 * stream alone, unless tasks went {@link Streams#apart}. What embeds patches counts as such in all
 * stages: MTLoRA trains all four.
 *
 * <p>Where we differ from the published code: (1) the first version resizes position embeddings
 * unless a map has as many positions as the <i>first</i> stage's table, in every stage, so that a
 * model of 224 pixels fails at 448; here each stage compares with its own. (2) Class token, final
 * norm and head belong to the classifier and are not here; the row of the class token stays in
 * {@code pos_embed4}, unused, so that files have it.
 */
final class PyramidTransformer extends Backbone {
  private final List<Stage> stages = new ArrayList<>();

  private record Stage(
      PatchEmbed patches,
      Optional<Positions> positions,
      List<PvtBlock> blocks,
      Optional<LayerNorm> norm) {}

  PyramidTransformer(
      BackboneSettings settings,
      Design design,
      Adaptation adaptation,
      List<String> tasks,
      Rng rng) {
    super(settings, adaptation, tasks);
    for (int s = 0; s < design.shape().stages(); s++) {
      addStage(s, design, adaptation, rng);
    }
  }

  private void addStage(int stage, Design design, Adaptation adaptation, Rng rng) {
    int number = stage + 1; // in the names of parameters
    int depth = design.shape().depths().get(stage);
    PatchEmbed patches =
        child("patch_embed" + number, new PatchEmbed(design, stage, rng), Owner.PATCHES);
    Optional<Positions> positions =
        design.positions(stage).map(grid -> positions(grid, stage, design, rng));
    List<PvtBlock> blocks = new ArrayList<>();
    for (int b = 0; b < depth; b++) {
      Sites sites = new Sites(adaptation, stage, b, depth);
      blocks.add(child("block" + number + "." + b, new PvtBlock(design, sites, rng)));
    }
    Optional<LayerNorm> norm = design.norm(stage);
    norm.ifPresent(module -> child("norm" + number, module));
    stages.add(new Stage(patches, positions, blocks, norm));
  }

  private Positions positions(Grid grid, int stage, Design design, Rng rng) {
    long rows = grid.positions() + (design.classRow(stage) ? 1 : 0);
    Tensor table = Init.truncatedNormal(rng, 1, rows, design.shape().widths().get(stage));
    String name = "pos_embed" + (stage + 1);
    return new Positions(parameter(name, table, Parameter.Role.POSITION), grid);
  }

  @Override
  protected List<Level> levels(Tensor images, List<String> tasks, FeatureTap tap) {
    List<Level> levels = new ArrayList<>();
    Streams maps = Streams.of(images, tasks); // B, 3, H, W
    Grid grid = Grid.of(images);
    for (int s = 0; s < stages.size(); s++) {
      Stage stage = stages.get(s);
      grid = stage.patches.grid(grid.height(), grid.width());
      Streams x = embedded(stage, maps, grid); // B, N, C
      if (s == 0) {
        tap.see("patch_embed", x);
      }
      for (int b = 0; b < stage.blocks.size(); b++) {
        x = through(stage.blocks.get(b), x, grid);
        tap.see("layers." + s + ".blocks." + b, x);
      }
      Level level = new Level(normed(stage, x), grid);
      levels.add(level);
      tap.see("stage." + s, level.streams());
      maps = level.streams().onward().map(grid::map); // B, C, H, W
    }
    return levels;
  }

  private static Streams embedded(Stage stage, Streams maps, Grid grid) {
    return Streams.result(
        () -> maps.map(stage.patches::forward).map(x -> positioned(stage, x, grid)));
  }

  private static Tensor positioned(Stage stage, Tensor x, Grid grid) {
    return stage.positions.map(table -> table.addedTo(x, grid)).orElse(x);
  }

  private static Streams normed(Stage stage, Streams x) {
    return stage.norm.map(norm -> x.map(norm::forward)).orElse(x);
  }
}
