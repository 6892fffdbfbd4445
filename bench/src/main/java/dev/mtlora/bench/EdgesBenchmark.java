package dev.mtlora.bench;

import dev.mtlora.metric.edges.Correspondence;
import dev.mtlora.metric.edges.EdgeCounts;
import dev.mtlora.metric.edges.EdgeMap;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Images of 320 x 240 per second that are scored for odsF and oisF, on two threads together: 16
 * curves in each, predicted a little beside where they were drawn, blurred and with noise all over.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(2)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
public class EdgesBenchmark {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;
  private static final int IMAGES = 20;

  /** How many people drew each image. */
  @Param({"1", "5"})
  public int people;

  private final List<EdgeMap> predictions = new ArrayList<>();
  private final List<List<EdgeMap>> drawings = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /** Makes the maps. */
  @Setup
  public void draw() {
    Rng rng = new Rng(1);
    for (int i = 0; i < IMAGES; i++) {
      float[] likely = new float[WIDTH * HEIGHT];
      List<float[]> drawn = new ArrayList<>();
      for (int p = 0; p < people; p++) {
        drawn.add(new float[WIDTH * HEIGHT]);
      }
      for (int curve = 0; curve < 16; curve++) {
        drawCurve(rng, likely, drawn);
      }
      for (int at = 0; at < likely.length; at++) {
        likely[at] = (float) Math.min(1, likely[at] + 0.15 * rng.uniform());
      }
      predictions.add(new EdgeMap(HEIGHT, WIDTH, likely));
      drawings.add(drawn.stream().map(values -> new EdgeMap(HEIGHT, WIDTH, values)).toList());
    }
  }

  private static void drawCurve(Rng rng, float[] likely, List<float[]> drawn) {
    double x = rng.uniform(0, WIDTH);
    double y = rng.uniform(0, HEIGHT);
    double angle = rng.uniform(0, 2 * Math.PI);
    double bend = rng.uniform(-0.03, 0.03);
    double height = rng.uniform(0.2, 0.85);
    for (int step = 0; step < 400; step++) {
      x += 0.5 * Math.cos(angle);
      y += 0.5 * Math.sin(angle);
      angle += bend / 2;
      blur(likely, x + rng.uniform(-1, 1), y + rng.uniform(-1, 1), height);
      for (float[] values : drawn) {
        set(values, (int) (x + rng.uniform(-0.2, 0.2)), (int) (y + rng.uniform(-0.2, 0.2)), 1);
      }
    }
  }

  private static void blur(float[] values, double x, double y, double height) {
    for (int row = (int) y - 4; row <= y + 4; row++) {
      for (int column = (int) x - 4; column <= x + 4; column++) {
        double square = (row - y) * (row - y) + (column - x) * (column - x);
        set(values, column, row, (float) (height * Math.exp(-square / 6)));
      }
    }
  }

  private static void set(float[] values, int x, int y, float value) {
    if (x >= 0 && y >= 0 && x < WIDTH && y < HEIGHT) {
      values[y * WIDTH + x] = Math.max(values[y * WIDTH + x], value);
    }
  }

  /** Scores the next image. */
  @Benchmark
  public List<EdgeCounts> score() {
    int i = next.getAndIncrement() % IMAGES;
    return new Correspondence(Correspondence.TOLERANCE).count(predictions.get(i), drawings.get(i));
  }
}
