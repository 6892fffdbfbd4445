package dev.mtlora.data;

import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several datasets as one, each of which may have labels of other tasks: the samples of the first,
 * then those of the second, and so on. A sample's name gets the number of its part in front, from
 * 0, so that names stay unique.
 *
 * <p>Directions point as those of the first part that has the task and says what its labels are;
 * where none says so, y points up.
 *
 * <p>In order, it is all samples of all parts, which is what validates. A shuffled epoch has as
 * many samples as all parts together, but takes them by weight: each batch, or each sample, comes
 * from a part drawn with probability weight / sum of the weights. A part is gone through in random
 * order, and begun again in another one when it has been gone through; one that is larger than its
 * share shows another random choice in every epoch.
 *
 * @param parts one or more
 * @param mode what is drawn by weight
 */
public record MixedDataset(List<Part> parts, Mode mode) implements Dataset {
  /** What comes from one part. */
  public enum Mode {
    /** A whole batch. */
    ALTERNATE,
    /** A sample. */
    MIX
  }

  /**
   * A dataset among others.
   *
   * @param samples one or more
   * @param weight positive; only its ratio to the other weights counts
   */
  public record Part(Dataset samples, double weight) {
    public Part {
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            String.format(
                    Locale.ROOT,
                    "a weight must be a positive number but is %s; leave a source out rather than giving it",
                    weight)
                + " no weight");
      }
    }
  }

  public MixedDataset {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.stream().anyMatch(part -> part.samples().size() == 0)) {
      throw new IllegalArgumentException(
          "a mixture needs one or more datasets with samples but got datasets of the sizes "
              + parts.stream().map(part -> part.samples().size()).toList());
    }
  }

  @Override
  public int size() {
    return parts.stream().mapToInt(part -> part.samples().size()).reduce(0, Math::addExact);
  }

  @Override
  public Sample get(int index, Rng rng) {
    Place place = place(index);
    Sample sample = parts.get(place.part()).samples().get(place.index(), rng);
    Map<String, Label> labels = labels();
    Sample aligned = sample.map(image -> image, (task, label) -> aligned(label, labels.get(task)));
    return new Sample(place.part() + "-" + sample.id(), sample.image(), aligned.labels());
  }

  private static LabelMap aligned(LabelMap label, @Nullable Label said) {
    return label.facing(said instanceof Label.Directions first ? first.y() : NormalsY.UP);
  }

  @Override
  public Map<String, Label> labels() {
    Map<String, Label> labels = new HashMap<>();
    parts.forEach(part -> part.samples().labels().forEach(labels::putIfAbsent));
    return labels;
  }

  @Override
  public Map<String, String> doubts(int index) {
    Place place = place(index);
    return parts.get(place.part()).samples().doubts(place.index());
  }

  @Override
  public Dataset inEpoch(int epoch) {
    return new MixedDataset(
        parts.stream().map(part -> new Part(part.samples().inEpoch(epoch), part.weight())).toList(),
        mode);
  }

  @Override
  public List<Stray> strays() {
    return parts.stream().flatMap(part -> part.samples().strays().stream()).distinct().toList();
  }

  private record Place(int part, int index) {}

  private Place place(int index) {
    int left = index;
    for (int p = 0; p < parts.size(); p++) {
      int size = parts.get(p).samples().size();
      if (left < size) {
        return new Place(p, left);
      }
      left -= size;
    }
    throw new IndexOutOfBoundsException(
        String.format(
            Locale.ROOT, "there is no sample %d; indices run from 0 to %d", index, size() - 1));
  }

  @Override
  public Dataset storedLabels() {
    return new MixedDataset(
        parts.stream().map(part -> new Part(part.samples().storedLabels(), part.weight())).toList(),
        mode);
  }

  @Override
  public List<Draw> shuffled(int batchSize, Rng rng) {
    List<Passes> passes = new ArrayList<>();
    int first = 0;
    for (Part part : parts) {
      passes.add(new Passes(first, part.samples().size(), rng.split()));
      first += part.samples().size();
    }
    List<Draw> draws = new ArrayList<>();
    int part = 0;
    for (int i = 0; i < first; i++) {
      boolean choose = mode == Mode.MIX || i % batchSize == 0;
      part = choose ? chosen(rng) : part;
      draws.add(passes.get(part).next());
    }
    return draws;
  }

  private int chosen(Rng rng) {
    double left = rng.uniform() * parts.stream().mapToDouble(Part::weight).sum();
    int part = 0;
    while (part < parts.size() - 1 && left >= parts.get(part).weight()) {
      left -= parts.get(part).weight();
      part++;
    }
    return part;
  }

  /** The samples of one part, in random order again and again. */
  private static final class Passes {
    private final int first;
    private final Rng rng;
    private int[] order;
    private int at;
    private int pass;

    Passes(int first, int size, Rng rng) {
      this.first = first;
      this.rng = rng;
      this.order = rng.permutation(size);
    }

    Draw next() {
      if (at == order.length) {
        order = rng.permutation(order.length);
        at = 0;
        pass++;
      }
      return new Draw(first + order[at++], pass);
    }
  }
}
