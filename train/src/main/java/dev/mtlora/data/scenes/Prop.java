package dev.mtlora.data.scenes;

/**
 * The kinds of things that stand in a scene.
 *
 * <p>Each has the range of its footprint radius in metres and how often it is chosen indoors and
 * outdoors in either domain.
 */
enum Prop {
  BALL(0.1, 0.5, 1.2, 1.0),
  EGG(0.15, 0.5, 0.6, 0.8),
  BLOCK(0.15, 0.6, 1.5, 0.7),
  PRISM(0.15, 0.5, 0.6, 1.2),
  CYLINDER(0.12, 0.45, 1.2, 0.7),
  CAPSULE(0.12, 0.35, 0.6, 1.0),
  CONE(0.15, 0.5, 1.0, 0.7),
  PYRAMID(0.2, 0.6, 0.5, 1.2),
  RING(0.2, 0.5, 0.7, 1.2),
  OCTAHEDRON(0.2, 0.45, 0.4, 0.9),
  TOWER(0.15, 0.35, 0.8, 0.8),
  TABLE(0.45, 0.95, 1.4, 1.0),
  CHAIR(0.28, 0.36, 1.6, 1.0),
  SOFA(0.7, 1.0, 0.9, 0.6),
  LAMP(0.2, 0.3, 0.9, 0.6),
  SHELF(0.4, 0.7, 0.8, 0.8),
  TREE(0.8, 2.0, 0, 0),
  BUSH(0.3, 0.8, 0.2, 0.2),
  // Since version 2:
  TUBE(0.12, 0.4),
  DOME(0.15, 0.5),
  BOWL(0.12, 0.4),
  PEG(0.1, 0.35),
  SPINDLE(0.12, 0.35),
  WEDGE(0.2, 0.6),
  GABLE(0.2, 0.6),
  GEM(0.15, 0.45),
  SPIRE(0.15, 0.45),
  PILLAR(0.15, 0.35),
  BOTTLE(0.08, 0.25),
  BALLS(0.15, 0.4),
  HOOPS(0.15, 0.4),
  POTTED(0.2, 0.45),
  PALM(0.8, 1.6),
  HEDGE(0.4, 1.0),
  ARMCHAIR(0.4, 0.55),
  BENCH(0.5, 0.9),
  BED(0.8, 1.1),
  DESK(0.5, 0.9),
  DESK_LAMP(0.12, 0.22),
  LANTERN(0.15, 0.3);

  private final double small;
  private final double large;
  private final double source;
  private final double target;

  Prop(double small, double large, double source, double target) {
    this.small = small;
    this.large = large;
    this.source = source;
    this.target = target;
  }

  Prop(double small, double large) {
    this(small, large, 0, 0);
  }

  /** A footprint radius in metres; {@code u} is uniform in [0, 1). */
  double radius(double u) {
    return small + u * (large - small);
  }

  /** How often this kind is chosen in version 1. */
  double weight(boolean inSource) {
    return inSource ? source : target;
  }

  /** One kind by its weight; {@code u} is uniform in [0, 1). */
  static Prop pick(Look look, boolean indoors, double u) {
    double total = 0;
    for (Prop p : values()) {
      total += look.weight(p, indoors);
    }
    double left = u * total;
    for (Prop p : values()) {
      left -= look.weight(p, indoors);
      if (left < 0) {
        return p;
      }
    }
    return BALL;
  }

  /** Whether it is small and simple enough to stand on a table. */
  boolean fitsOnTable() {
    return ordinal() <= OCTAHEDRON.ordinal()
        || ordinal() >= TUBE.ordinal() && ordinal() <= HOOPS.ordinal();
  }
}
