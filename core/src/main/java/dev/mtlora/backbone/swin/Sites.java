package dev.mtlora.backbone.swin;

import dev.mtlora.nn.Linear;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Prompts;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Slot;
import java.util.Optional;

/** The sites of one block, handed to its layers so that each can have its linears adapted. */
record Sites(Adaptation adaptation, int stage, int block, int blocksInStage) {
  Projection adapt(Linear base, Slot slot) {
    return adaptation.adapt(
        base, new Site(stage, block, blocksInStage, slot, base.in(), base.out()));
  }

  Optional<Insert> insert(Place.After after, long width) {
    return adaptation.insert(new Place(stage, block, blocksInStage, after, width));
  }

  Optional<Prompts> prompts(long width) {
    return adaptation.prompts(stage, block, width);
  }
}
