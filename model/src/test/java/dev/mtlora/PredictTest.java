package dev.mtlora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import dev.mtlora.model.FullSize;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictOptions.At;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Tile;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What models say of pictures: whole ones, tiles, batches. */
class PredictTest extends ModelCase {
  @Test
  void predict_anImage_givesMapsOfItsSizeInTheirUnits() {
    try (TrainedModel model = model()) {
      Prediction seen = model.predict(Rgb.of(noise(30, 50, 1)).image());
      assertThat(seen.tasks()).containsExactly("semseg", "depth", "normals", "sal");
      assertThat(seen.size()).isEqualTo(new Size(30, 50));
      assertThat(seen.of("normals").shape()).containsExactly(3, 30, 50);
      assertThat(seen.of("depth").unit()).isEqualTo("m");
      assertThat(seen.of("semseg").classes()).hasSize(1500);
      assertThat(Arrays.stream(seen.of("semseg").classes()).max().getAsInt()).isBetween(0, 3);
      assertThat(seen.of("semseg").classNames()).contains("road");
      assertThatThrownBy(() -> seen.of("depth").classes())
          .hasMessageContaining("'depth' has no classes");
      assertThatThrownBy(() -> seen.of("edge")).hasMessageContaining("only [semseg, depth");
    }
  }

  @ParameterizedTest
  @CsvSource({"squash,1", "letterbox,2"})
  void predict_atThePicturesSize_isTheModelsLogitsThere(String fit, long seed) {
    Fit how = fit.equals("squash") ? new Fit.Squash() : new Fit.Letterbox();
    ModelSpec spec = spec();
    try (TrainedModel model =
        changed(TrainedModel.of(spec, how, () -> spec.build(new dev.mtlora.tensor.Rng(seed))))) {
      Raster picture = noise(37, 90, seed);
      Prediction seen = one(model, picture, PredictOptions.USUAL.withProbabilities());
      model.with(
          own -> {
            Size size = new Size(37, 90);
            Fit.Frame frame = how.frame(size, Size.square(64));
            Block in = Block.of(Preprocessing.imageNet().input(picture, frame));
            own.train(false);
            Map<String, Tensor> logits =
                own.forward(Tensor.of(in.values(), 1, 3, 64, 64), own.taskNames());
            Tensor full = FullSize.of(Objects.requireNonNull(logits.get("semseg")), frame, size);
            float[] numbers = full.toFloats();
            for (int[] at : new int[][] {{0, 0}, {36, 89}, {17, 40}, {5, 88}}) {
              int best = 0;
              double sum = 0;
              for (int c = 0; c < 4; c++) {
                int i = (c * 37 + at[0]) * 90 + at[1];
                best = numbers[i] > numbers[(best * 37 + at[0]) * 90 + at[1]] ? c : best;
                sum += Math.exp(numbers[i]);
              }
              PredictedMap map = seen.of("semseg");
              assertThat(map.at(0, at[0], at[1])).isEqualTo(best);
              float share =
                  map.probabilities().orElseThrow().values()[(best * 37 + at[0]) * 90 + at[1]];
              double exact = Math.exp(numbers[(best * 37 + at[0]) * 90 + at[1]]) / sum;
              assertThat((double) share).isCloseTo(exact, within(1e-5));
            }
            return own;
          });
    }
  }

  @Test
  void predict_atTheModelsSize_isWhatThePictureBecomes() {
    try (TrainedModel model = model()) {
      Prediction seen = one(model, noise(20, 33, 2), PredictOptions.USUAL.at(At.MODEL));
      assertThat(seen.size()).isEqualTo(Size.square(64));
    }
  }

  @Test
  void predict_someTasksInBf16_givesThoseAlone() {
    try (TrainedModel model = model()) {
      Raster picture = noise(64, 64, 3);
      PredictOptions depth = PredictOptions.USUAL.tasks("depth");
      Prediction exact = one(model, picture, depth);
      Prediction rough = one(model, picture, depth.precision(DType.BF16));
      assertThat(rough.tasks()).containsExactly("depth");
      assertSame(exact, rough, 0.1);
      assertThat(worst(exact.of("depth"), rough.of("depth"))).isPositive();
    }
  }

  @Test
  void predict_batchWithABadPicture_predictsItsNeighbours() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.png"), "no picture");
    try (TrainedModel model = model()) {
      List<Picture> pictures =
          List.of(
              Picture.of(noise(20, 20, 1)),
              Picture.of(text),
              Picture.of(noise(1, 1, 2)),
              Picture.of(noise(50, 20, 3)));
      List<Prediction> seen = model.predict(pictures, PredictOptions.USUAL.batch(3));
      assertThat(seen).hasSize(4);
      assertThat(seen.get(1).failure()).get().asString().contains("notes.png");
      assertThatThrownBy(() -> seen.get(1).of("depth")).isInstanceOf(DataException.class);
      assertThat(seen.get(2).size()).isEqualTo(Size.square(1));
      assertThat(seen.get(3).size()).isEqualTo(new Size(50, 20));
      Prediction alone = one(model, noise(50, 20, 3), PredictOptions.USUAL);
      assertSame(seen.get(3), alone, 1e-5);
      assertThatThrownBy(() -> model.predict(text)).isInstanceOf(DataException.class);
    }
  }

  @Test
  void predict_whatTheModelCannot_isRefusedWithWhatItCan() {
    try (TrainedModel model = model()) {
      Raster picture = noise(20, 20, 1);
      assertThatThrownBy(() -> one(model, picture, PredictOptions.USUAL.tasks("edge")))
          .hasMessage("this model has no task 'edge'; it has [semseg, depth, normals, sal]");
      assertThatThrownBy(() -> one(model, picture, PredictOptions.USUAL.tile(new Tile(7, 2))))
          .hasMessageContaining("a tile of 7 pixels is smaller than what this model can see, 8");
    }
  }

  @Test
  void tiles_largerThanThePicture_areTheWholePicture() {
    try (TrainedModel model = model()) {
      Raster picture = noise(40, 64, 4);
      Prediction whole = one(model, picture, PredictOptions.USUAL.withProbabilities());
      Prediction tiled =
          one(model, picture, PredictOptions.USUAL.withProbabilities().tile(new Tile(64, 16)));
      assertSame(whole, tiled, 1e-5);
    }
  }

  @Test
  void tiles_withoutOverlap_areEachAPictureOfItsOwn() {
    try (TrainedModel model = model()) {
      Raster picture = noise(128, 192, 5);
      PredictOptions options = PredictOptions.USUAL.tasks("depth", "normals");
      Prediction tiled = one(model, picture, options.tile(new Tile(64, 0)).batch(2));
      for (int[] at : new int[][] {{0, 0}, {64, 64}, {64, 128}}) {
        Prediction part = one(model, picture.part(at[0], at[1], 64, 64), options);
        for (String task : part.tasks()) {
          for (int i = 0; i < 64; i += 7) {
            assertThat(tiled.of(task).at(0, at[0] + i, at[1] + 63 - i))
                .isCloseTo(part.of(task).at(0, i, 63 - i), within(1e-5f));
          }
        }
      }
    }
  }

  @Test
  void tiles_thatOverlap_areMixedByTheirDistanceToTheEdge() {
    try (TrainedModel model = model()) {
      Raster picture = noise(64, 112, 6); // tiles at 0 and 48, overlapping by 16
      PredictOptions options = PredictOptions.USUAL.tasks("depth");
      PredictedMap tiled = one(model, picture, options.tile(new Tile(64, 16))).of("depth");
      PredictedMap left = one(model, picture.part(0, 0, 64, 64), options).of("depth");
      PredictedMap right = one(model, picture.part(0, 48, 64, 64), options).of("depth");
      for (int x = 48; x < 64; x++) {
        float l = Math.min(64 - x, 17);
        float r = Math.min(x - 48 + 1, 17);
        float mixed = (l * left.at(0, 9, x) + r * right.at(0, 9, x - 48)) / (l + r);
        assertThat(tiled.at(0, 9, x)).isCloseTo(mixed, within(1e-4f));
      }
      assertThat(tiled.at(0, 9, 20)).isCloseTo(left.at(0, 9, 20), within(1e-5f));
    }
  }

  @Test
  void image_inGrey_isPredictedAsItsFile() throws IOException {
    BufferedImage grey = new BufferedImage(30, 20, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 600; i++) {
      grey.getRaster().setSample(i % 30, i / 30, 0, i % 251);
    }
    Path file = folder.resolve("grey.png");
    assertThat(ImageIO.write(grey, "png", file.toFile())).isTrue();
    try (TrainedModel model = model()) {
      assertSame(model.predict(grey), model.predict(file), 0);
    }
  }

  @Test
  void picture_ofOneChannel_isABadPicture() {
    try (TrainedModel model = model()) {
      Prediction seen = one(model, new Raster(9, 9, 1), PredictOptions.USUAL);
      assertThat(seen.failure()).get().asString().contains("has 1 channels");
    }
  }
}
