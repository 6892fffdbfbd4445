package dev.mtlora.backbone.swin;

import dev.mtlora.nn.Linear;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Prompts;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Slot;
import java.util.ArrayList;
import java.util.List;
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

  /** Every site of a backbone, in the order in which the layers are made. */
  static List<Site> all(SwinSettings settings) {
    List<Site> sites = new ArrayList<>();
    int stages = settings.depths().size();
    for (int s = 0; s < stages; s++) {
      int depth = settings.depths().get(s);
      long c = settings.channels(s);
      long hidden = (long) (c * settings.mlpRatio());
      for (int b = 0; b < depth; b++) {
        sites.add(new Site(s, b, depth, Slot.QKV, c, 3 * c));
        sites.add(new Site(s, b, depth, Slot.PROJ, c, c));
        sites.add(new Site(s, b, depth, Slot.FC1, c, hidden));
        sites.add(new Site(s, b, depth, Slot.FC2, hidden, c));
      }
      if (s < stages - 1) {
        sites.add(new Site(s, depth - 1, depth, Slot.REDUCTION, 4 * c, 2 * c));
      }
    }
    return List.copyOf(sites);
  }
}
