package dev.mtlora.bench;

import dev.mtlora.data.Sample;
import dev.mtlora.data.scenes.Domain;
import dev.mtlora.data.scenes.SceneSettings;
import dev.mtlora.data.scenes.SyntheticScenes;
import dev.mtlora.tensor.Rng;
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

/** Scenes per second at 128 pixels with all six labels, on two threads together. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(2)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
public class ScenesBenchmark {
  /** How they are drawn; every one in turn. */
  @Param({"1", "2"})
  public int version;

  /** Visual world; every one in turn. */
  @Param public Domain domain = Domain.TARGET;

  private final AtomicInteger next = new AtomicInteger();
  private SyntheticScenes scenes;

  /** Makes the dataset. */
  @Setup
  public void open() {
    scenes =
        new SyntheticScenes(
            new SceneSettings(version, domain, 7, Integer.MAX_VALUE, 128, SyntheticScenes.TASKS));
  }

  /** Renders the next scene. */
  @Benchmark
  public Sample render() {
    return scenes.get(next.getAndIncrement(), new Rng(0));
  }
}
