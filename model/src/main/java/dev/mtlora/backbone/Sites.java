package dev.mtlora.backbone;

import dev.mtlora.nn.Linear;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Prompts;
import dev.mtlora.peft.Site;
import java.util.Optional;

/**
 * The sites of one block, handed to its layers so that each can have its linears adapted.
 *
 * @param adaptation the method at work
 * @param stage from 0
 * @param block from 0
 * @param blocksInStage number of blocks of this stage
 */
public record Sites(Adaptation adaptation, int stage, int block, int blocksInStage) {
  /** What takes the place of a linear layer, whose word is that of its kind. */
  public Projection adapt(Linear base, Site.Kind kind) {
    return adapt(base, kind, kind.word());
  }

  /** The same of a layer that the family calls by a word of its own. */
  public Projection adapt(Linear base, Site.Kind kind, String word) {
    return adaptation.adapt(
        base, new Site(stage, block, blocksInStage, kind, word, base.in(), base.out()));
  }

  /** What the method inserts behind a branch. */
  public Optional<Insert> insert(Place.After after, long width) {
    return adaptation.insert(new Place(stage, block, blocksInStage, after, width));
  }

  /** The tokens that the block attends to besides its positions. */
  public Optional<Prompts> prompts(long width) {
    return adaptation.prompts(stage, block, width);
  }
}
