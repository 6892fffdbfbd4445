package dev.mtlora.spec;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.decoder.DecoderSettings;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Neck;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.PerTask;
import java.util.List;
import java.util.Locale;

/**
 * The network without its method.
 *
 * @param backbone its shape
 * @param weights that training starts from: {@code none}, {@code builtin:NAME} or a file
 * @param tableResize how their tables of relative positions are fitted to another window
 * @param neck how the pyramid is narrowed before the decoders
 * @param neckChannels that each level of the pyramid is narrowed to
 * @param decoder of each task
 * @param merged true for a model whose adapters and norms have been folded into other weights; it
 *     can't be trained
 */
public record Network(
    @Inline BackboneSettings backbone,
    WeightsSource weights,
    TableResize tableResize,
    NeckKind neck,
    List<Integer> neckChannels,
    PerTask<DecoderSettings> decoder,
    boolean merged) {

  private static final int MOST_CHANNELS = 16_384;

  /** Who has a neck. */
  public enum NeckKind {
    /** Every task has its own. */
    PER_TASK("per-task"),
    /** All tasks share one. */
    SHARED("shared"),
    /** Decoders read the pyramid as it is. */
    NONE("none");

    private final String word;

    NeckKind(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** Checks that the neck fits the pyramid. */
  public Network {
    neckChannels = List.copyOf(neckChannels);
    int levels = backbone.stages();
    if (neck != NeckKind.NONE
        && (neckChannels.size() != levels
            || neckChannels.stream().anyMatch(c -> c < 1 || c > MOST_CHANNELS))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "neckChannels needs one positive number per level (%d), none above %,d, but is %s",
              levels,
              MOST_CHANNELS,
              neckChannels));
    }
  }

  /**
   * A backbone with random weights, and for each task a neck, where the backbone has as many levels
   * as the usual one, and a decoder of the usual kind.
   */
  public Network(BackboneSettings backbone) {
    this(
        backbone,
        new WeightsSource.None(),
        TableResize.REFERENCE,
        backbone.stages() == Neck.DEFAULT_CHANNELS.size() ? NeckKind.PER_TASK : NeckKind.NONE,
        Neck.DEFAULT_CHANNELS,
        PerTask.all(Decoders.DEFAULT),
        false);
  }

  /** The same of the usual backbone. */
  public Network() {
    this(Backbones.ALL.of(Backbones.DEFAULT));
  }

  /** The same, starting from other weights. */
  public Network from(WeightsSource other) {
    return new Network(backbone, other, tableResize, neck, neckChannels, decoder, merged);
  }

  /** The same with what can be folded folded into other weights. */
  public Network merge() {
    return new Network(backbone, weights, tableResize, neck, neckChannels, decoder, true);
  }

  /** The decoder of a task. */
  public DecoderSettings decoder(String task) {
    return decoder.of(task, Decoders.DEFAULT);
  }
}
