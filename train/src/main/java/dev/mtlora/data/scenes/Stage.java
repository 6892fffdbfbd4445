package dev.mtlora.data.scenes;

import java.util.ArrayList;
import java.util.List;

/** Collects the solids of a scene while it is composed and counts objects and parts. */
final class Stage {
  final List<Solid> solids = new ArrayList<>();
  private int instances;
  private int parts;

  /** The number of a new foreground object. */
  int newInstance() {
    return ++instances;
  }

  /** How many foreground objects there are. */
  int instances() {
    return instances;
  }

  /** A tag for a new part. */
  Tag part(int instance, int semantic, int humanPart, Material material) {
    return new Tag(instance, ++parts, semantic, humanPart, material);
  }

  /** A tag for a new part of a thing. */
  Tag part(int instance, int semantic, Material material) {
    return part(instance, semantic, 0, material);
  }

  /** A tag for more of the same part in another material. */
  static Tag same(Tag part, Material material) {
    return new Tag(part.instance(), part.part(), part.semantic(), part.humanPart(), material);
  }

  void add(Solid solid) {
    solids.add(solid);
  }
}
