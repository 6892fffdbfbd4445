package dev.mtlora.model;

import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A picture predicted in tiles. A row of tiles is kept at a time: what no later row reaches is read
 * and done with.
 *
 * @param predictor of single tiles
 * @param options with a tile
 */
record Tiled(Predictor predictor, PredictOptions options) {
  Map<String, PredictedMap> of(Raster picture) {
    Tile tile = options.tile().orElseThrow();
    Size size = new Size(picture.height(), picture.width());
    Size part = new Size(Math.min(tile.side(), size.height()), Math.min(tile.side(), size.width()));
    Map<String, Band> bands = new LinkedHashMap<>();
    for (Task task : predictor.tasks(options)) {
      bands.put(task.name(), new Band(new Finish(task, options.probabilities()), size, part, tile));
    }
    for (int y : tile.starts(size.height())) {
      bands.values().forEach(band -> band.from(y));
      List<Integer> columns = tile.starts(size.width());
      for (int first = 0; first < columns.size(); first += options.batch()) {
        List<Integer> some =
            columns.subList(first, Math.min(columns.size(), first + options.batch()));
        add(picture, part, y, some, bands);
      }
    }
    Map<String, PredictedMap> maps = new LinkedHashMap<>();
    bands.forEach((task, band) -> maps.put(task, band.map()));
    return maps;
  }

  private void add(
      Raster picture, Size part, int y, List<Integer> columns, Map<String, Band> bands) {
    List<Predictor.Prepared> tiles = new ArrayList<>();
    for (int x : columns) {
      tiles.add(predictor.prepare(picture.part(y, x, part.height(), part.width())));
    }
    Map<String, Block> logits = predictor.computed(tiles, options);
    Fit.Frame frame = tiles.get(0).frame();
    bands.forEach(
        (task, band) -> {
          Block all = Objects.requireNonNull(logits.get(task));
          for (int i = 0; i < columns.size(); i++) {
            band.add(all.image(i), frame, columns.get(i));
          }
        });
  }

  /** The rows of a task's logits that tiles are being added to, each times its weight. */
  private static final class Band {
    private final Task task;
    private final Finish.Rows rows;
    private final Size size;
    private final Size part;
    private final float[] down;
    private final float[] across;
    private final float[] sumsDown;
    private final float[] sumsAcross;
    private float[] sums = {}; // [outputs, part height, W]
    private int top;

    Band(Finish finish, Size size, Size part, Tile tile) {
      this.size = size;
      this.part = part;
      task = finish.task();
      rows = finish.new Rows(size);
      down = tile.weights(part.height());
      across = tile.weights(part.width());
      sumsDown = tile.sums(size.height());
      sumsAcross = tile.sums(size.width());
    }

    /** Tiles from now on begin at a row below. */
    void from(int y) {
      if (y > top) {
        read(y - top);
      }
    }

    void add(Block logits, Fit.Frame frame, int x) {
      int planes = logits.channels();
      Block all = Block.zeros(1, planes, part.height(), part.width());
      FullSize.rows(logits, frame, part).rows(0, all);
      float[] full = all.values();
      if (sums.length == 0) {
        long numbers = (long) planes * part.height() * size.width();
        sums = new float[Finish.requireRoom(task, size, 2 * numbers) / 2];
      }
      for (int row = 0; row < planes * part.height(); row++) {
        float weight = down[row % part.height()];
        int from = row * part.width();
        int to = row * size.width() + x;
        for (int i = 0; i < part.width(); i++) {
          sums[to + i] += weight * across[i] * full[from + i];
        }
      }
    }

    /** Reads the first rows, and makes room for as many. */
    private void read(int count) {
      int width = size.width();
      int planes = sums.length / (part.height() * width);
      float[] logits = new float[planes * count * width];
      for (int plane = 0; plane < planes; plane++) {
        int from = plane * part.height() * width;
        for (int y = 0; y < count; y++) {
          for (int x = 0; x < width; x++) {
            logits[(plane * count + y) * width + x] =
                sums[from + y * width + x] / (sumsDown[top + y] * sumsAcross[x]);
          }
        }
        int left = (part.height() - count) * width;
        System.arraycopy(sums, from + count * width, sums, from, left);
        java.util.Arrays.fill(sums, from + left, from + part.height() * width, 0);
      }
      rows.add(new Block(1, planes, count, width, logits));
      top += count;
    }

    PredictedMap map() {
      read(part.height());
      return rows.map();
    }
  }
}
