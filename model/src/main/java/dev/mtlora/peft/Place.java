package dev.mtlora.peft;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a method can insert a module of its own beside the linear layers: behind an attention or an
 * MLP, before the residual is added.
 *
 * @param stage from 0
 * @param block 0 .. blocksInStage - 1
 * @param blocksInStage number of blocks of this stage
 * @param after what the module reads the output of
 * @param width channels there, in and out
 */
public record Place(int stage, int block, int blocksInStage, After after, long width) {
  /** The two branches of a block. */
  public enum After {
    /** The attention, its output projection included. */
    ATTENTION,
    /** The MLP. */
    MLP
  }

  /** The places of a backbone with these sites, in the order in which its layers are made. */
  public static List<Place> all(List<Site> sites) {
    List<Place> places = new ArrayList<>();
    for (Site site : sites) {
      if (site.kind() == Site.Kind.ATTENTION_OUT) {
        places.add(after(After.ATTENTION, site));
      } else if (site.kind() == Site.Kind.MLP_OUT) {
        places.add(after(After.MLP, site));
      }
    }
    return List.copyOf(places);
  }

  private static Place after(After after, Site site) {
    return new Place(site.stage(), site.block(), site.blocksInStage(), after, site.out());
  }
}
