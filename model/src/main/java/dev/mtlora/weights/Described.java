package dev.mtlora.weights;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Usual;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What files say of a model beside what it is made of, for those who read them without us. */
public final class Described {
  private Described() {}

  /**
   * What a task predicts.
   *
   * @param name of the task
   * @param outputs channels of its logits
   * @param form of its labels and predictions, in words
   * @param labels names of the classes, if it has classes and names
   * @param colours of the classes in pictures, {@code #rrggbb}
   */
  public record Predicted(
      String name, int outputs, @Usual("") String form, List<String> labels, List<String> colours) {
    static Predicted of(Task task) {
      return new Predicted(
          task.name(), task.outputs(), task.label().form(), task.classNames(), colours(task));
    }

    private static List<String> colours(Task task) {
      List<String> colours = new ArrayList<>();
      if (task.label() instanceof Label.Classes classes) {
        float[] indices = new float[classes.count()];
        for (int i = 0; i < indices.length; i++) {
          indices[i] = i;
        }
        for (int colour : task.show(indices, 1, indices.length)) {
          colours.add(String.format(Locale.ROOT, "#%06x", colour));
        }
      }
      return colours;
    }
  }

  /**
   * What the model expects of a picture.
   *
   * @param size height and width
   * @param resize how it gets there
   * @param fit where it then lies: {@code squash}, {@code letterbox}, or its shorter side
   * @param channels and their order
   * @param values what happens to them
   * @param mean of the channels
   * @param std deviation of the channels
   */
  public record Picture(
      Size size,
      String resize,
      @Usual("squash") Fit fit,
      String channels,
      String values,
      List<Float> mean,
      List<Float> std) {
    /** What happens to the values. */
    public Preprocessing normalisation() {
      return new Preprocessing(mean, std);
    }

    Picture with(Preprocessing values) {
      return new Picture(size, resize, fit, channels, this.values, values.mean(), values.std());
    }

    static Picture of(Size size, Fit fit) {
      Preprocessing preprocessing = Preprocessing.imageNet();
      return new Picture(
          size,
          "bicubic",
          fit,
          "RGB",
          "(value / 255 - mean) / std",
          preprocessing.mean(),
          preprocessing.std());
    }
  }
}
