package dev.mtlora.parity;

import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.image.Raster;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.tensor.Rng;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.train.Step;
import dev.mtlora.train.Training;
import dev.mtlora.train.TrainingListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains a case's model on the case's one batch, by the product's own loader and trainer. */
final class CaseTraining {
  private final CaseConfig config;
  private final List<Sample> samples = new ArrayList<>();

  CaseTraining(CaseConfig config, GoldenFile io) {
    this.config = config;
    int batch = (int) io.shape("image")[0];
    for (int i = 0; i < batch; i++) {
      Map<String, Raster> labels = new LinkedHashMap<>();
      for (String task : config.tasks()) {
        labels.put(task, raster(io, "target." + task, i));
      }
      samples.add(new Sample("image " + i, raster(io, "image", i), TestLabels.of(labels)));
    }
  }

  /** Hears of every step, after its update. */
  interface After {
    void step(Training training, Step step);
  }

  /** Makes steps. */
  void run(MultiTaskModel model, int steps, After after) {
    DataLoader loader =
        new DataLoader(
            new Stored(samples), new DataLoader.Settings(samples.size(), false, true, 0, 0, 1));
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            after.step(training, step);
          }
        };
    Assembly.of(config.read(steps)).trainer(loader, List.of(listener)).fit(model, loader, loader);
  }

  /** What is normalised already. */
  private record Stored(List<Sample> samples) implements Dataset {
    @Override
    public int size() {
      return samples.size();
    }

    @Override
    public Sample get(int index, Rng rng) {
      return samples.get(index);
    }
  }

  /** One of a stored batch, C, H, W to H, W, C. */
  private static Raster raster(GoldenFile io, String name, int index) {
    long[] shape = io.shape(name);
    int channels = (int) shape[1];
    int pixels = (int) (shape[2] * shape[3]);
    float[] stored = io.floats(name);
    Raster raster = new Raster((int) shape[2], (int) shape[3], channels);
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < pixels; i++) {
        raster.values()[i * channels + c] = stored[(index * channels + c) * pixels + i];
      }
    }
    return raster;
  }
}
