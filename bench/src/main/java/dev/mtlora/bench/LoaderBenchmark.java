package dev.mtlora.bench;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Encoding;
import dev.mtlora.data.FolderDataset;
import dev.mtlora.data.FolderSettings;
import dev.mtlora.data.FolderSplit;
import dev.mtlora.data.Images;
import dev.mtlora.data.LabelFolder;
import dev.mtlora.data.NormalsY;
import dev.mtlora.data.Raster;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Images per second of the folder dataset with semseg, depth, normals and edge, read from files of
 * 320 x 240 pixels that the benchmark makes itself, with the training augmentation.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
public class LoaderBenchmark {
  private static final int IMAGES = 128;

  /** Pixels of the square that comes out. */
  @Param({"128", "224"})
  public int side;

  /** Threads that read; 0 reads in the benchmark's own. */
  @Param({"0", "2"})
  public int workers;

  private Path root;
  private DataLoader loader;
  private int epoch;

  /** Writes the files and opens the dataset. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    root = Files.createTempDirectory("mtlora-loader-benchmark");
    Rng rng = new Rng(1);
    for (int i = 0; i < IMAGES; i++) {
      write("images", i, raster(320, 240, 3, at -> at / 960 + (int) (8 * rng.uniform())));
      write("semseg", i, raster(320, 240, 1, at -> at % 320 / 25));
      write("edge", i, raster(320, 240, 1, at -> at % 25 == 0 ? 255 : 0));
      write("normals", i, raster(160, 120, 3, at -> at % 3 == 2 ? 255 : 128));
      Images.writePng16(
          root.resolve("depth/" + i + ".png"), raster(320, 240, 1, at -> 1000 + at / 320));
    }
    DataLoader.Settings settings = new DataLoader.Settings(16, true, false, workers, 4, 1);
    FolderDataset pictures = FolderDataset.training(settings());
    loader = new DataLoader(pictures.with(Pipeline.nyudTraining(side, NormalsY.UP)), settings);
  }

  private FolderSettings settings() throws IOException {
    StringBuilder ids = new StringBuilder();
    for (int i = 0; i < IMAGES; i++) {
      ids.append(i).append('\n');
    }
    Files.writeString(root.resolve("all.txt"), ids);
    return new FolderSettings(
        root,
        "images",
        Map.of(
            "semseg", new LabelFolder("semseg", new Encoding.Index(13, List.of())),
            "edge", new LabelFolder("edge", new Encoding.Mask()),
            "normals", new LabelFolder("normals", new Encoding.NormalsRgb(NormalsY.UP)),
            "depth", new LabelFolder("depth", new Encoding.DepthMm())),
        new FolderSplit.Lists("all.txt", "all.txt"));
  }

  private void write(String folder, int id, Raster raster) {
    Images.writePng(root.resolve(folder + "/" + id + ".png"), raster);
  }

  private static Raster raster(int width, int height, int channels, IntUnaryOperator value) {
    Raster out = new Raster(height, width, channels);
    for (int at = 0; at < out.values().length; at++) {
      out.values()[at] = value.applyAsInt(at);
    }
    return out;
  }

  /** Reads an epoch. */
  @Benchmark
  @OperationsPerInvocation(IMAGES)
  public float read() {
    float sum = 0;
    try (Batches batches = loader.open(epoch++, 0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        sum += batch.images().values()[0];
      }
    }
    return sum;
  }

  /** Removes the files. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
