package dev.mtlora.bench;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelCache;
import dev.mtlora.data.LabelStore;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.data.multitask.PascalMt;
import dev.mtlora.data.transform.HorizontalFlip;
import dev.mtlora.data.transform.IgnoreRegions;
import dev.mtlora.data.transform.Normalize;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.Resize;
import dev.mtlora.data.transform.ScaleRotate;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * Images per second of PASCAL_MT with semseg, human_parts, sal and normals, on a {@link
 * PascalTree}, with the training augmentation: {@code read} is all of it with 2 workers and batches
 * of 8; {@code decode}, {@code warp} and {@code convert} are its three parts, in one thread.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
public class LoaderBenchmark {
  private static final int IMAGES = 64;
  private static final int BATCH = 8;
  private static final List<String> TASKS = List.of("semseg", "human_parts", "sal", "normals");

  /** The files. */
  @State(Scope.Benchmark)
  public static class Tree {
    /** Whether the maps made from .mat files are kept. */
    @Param({"false", "true"})
    public boolean cache;

    private PascalTree tree;
    private Dataset samples;
    private int next;

    /** Writes the files; fills the cache. */
    @Setup(Level.Trial)
    public void open() throws IOException {
      tree = new PascalTree(Files.createTempDirectory("mtlora-loader-benchmark"), IMAGES);
      tree.write();
      age();
      Path kept = tree.root().resolve("cache");
      LabelStore store = cache ? new LabelCache(kept, LabelCache.USUAL_LIMIT) : LabelStore.NONE;
      samples = new PascalMt(tree.root(), TASKS, store).training();
      for (int i = 0; i < IMAGES; i++) {
        samples.get(i, new Rng(i));
      }
    }

    /** Files that have just been written are not kept. */
    private void age() throws IOException {
      FileTime before = FileTime.fromMillis(System.currentTimeMillis() - 60_000);
      try (Stream<Path> files = Files.walk(tree.root())) {
        for (Path file : files.toList()) {
          Files.setLastModifiedTime(file, before);
        }
      }
    }

    private Sample sample() {
      int i = next++;
      return samples.get(i % IMAGES, new Rng(i));
    }

    /** Removes the files. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
      tree.delete();
    }
  }

  /** What comes out. */
  @State(Scope.Benchmark)
  public static class Side {
    /** Pixels of the square. */
    @Param({"224", "448"})
    public int side;

    private int epoch;

    private Transform warp() {
      return new Pipeline(
          List.of(
              new HorizontalFlip(0.5),
              ScaleRotate.between(20, 0.75, 1.25),
              new Resize(Size.square(side))));
    }
  }

  /** Samples in memory, at their own size. */
  @State(Scope.Benchmark)
  public static class Decoded {
    private final List<Sample> samples = new ArrayList<>();
    private int next;

    /** Reads them. */
    @Setup(Level.Trial)
    public void read() throws IOException {
      PascalTree tree = new PascalTree(Files.createTempDirectory("mtlora-loader-benchmark"), BATCH);
      tree.write();
      Dataset all = new PascalMt(tree.root(), TASKS, LabelStore.NONE).training();
      for (int i = 0; i < BATCH; i++) {
        samples.add(all.get(i, new Rng(i)));
      }
      tree.delete();
    }
  }

  /** Samples in memory, at the size of the model. */
  @State(Scope.Benchmark)
  public static class Warped {
    private List<Sample> samples = List.of();

    /** Warps them. */
    @Setup(Level.Trial)
    public void warp(Decoded decoded, Side side) {
      samples = decoded.samples.stream().map(s -> side.warp().apply(s, new Rng(1))).toList();
    }
  }

  /** Files to a sample of the images' size. */
  @Benchmark
  public Sample decode(Tree files) {
    return files.sample();
  }

  /** A sample flipped, turned, scaled and resized. */
  @Benchmark
  public Sample warp(Decoded decoded, Side side) {
    int i = decoded.next++;
    return side.warp().apply(decoded.samples.get(i % BATCH), new Rng(i));
  }

  /** Samples to a batch: pixels to ignore, normalisation, channels first. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Batch convert(Warped warped) {
    List<Sample> ready = new ArrayList<>();
    Rng rng = new Rng(1);
    for (Sample sample : warped.samples) {
      Sample valid = new IgnoreRegions().apply(sample, rng);
      ready.add(Normalize.imageNet().apply(valid, rng));
    }
    return Batch.of(ready);
  }

  /** An epoch from files to batches. */
  @Benchmark
  @OperationsPerInvocation(IMAGES)
  public float read(Tree files, Side side) {
    DataLoader.Settings settings = new DataLoader.Settings(BATCH, true, false, 2, 4, 1);
    DataLoader loader =
        new DataLoader(
            files.samples.with(Pipeline.pascalTraining(Size.square(side.side))), settings);
    float sum = 0;
    try (Batches batches = loader.open(side.epoch++, 0)) {
      while (batches.hasNext()) {
        sum += batches.next().images().values()[0];
      }
    }
    return sum;
  }
}
