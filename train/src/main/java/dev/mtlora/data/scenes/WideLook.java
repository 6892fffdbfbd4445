package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** The look of version 2: more patterns and paler things in either domain, every kind of thing. */
final class WideLook extends Look {
  private static final Pattern[] SOURCE = {
    Pattern.STRIPES,
    Pattern.CHECKER,
    Pattern.BRICK,
    Pattern.WOOD,
    Pattern.CLOUDY,
    Pattern.ZIGZAG,
    Pattern.WEAVE,
    Pattern.WAVES,
    Pattern.SCALES
  };
  private static final Pattern[] TARGET = {
    Pattern.PLAID,
    Pattern.TILES,
    Pattern.DOTS,
    Pattern.MARBLE,
    Pattern.GRAINY,
    Pattern.HEXAGONS,
    Pattern.CELLS,
    Pattern.SPOTS,
    Pattern.CROSSES,
    Pattern.CIRCLES
  };

  WideLook(Domain domain, Rng rng) {
    super(domain, rng);
  }

  @Override
  Vec colour() {
    double value = rng.uniform(source ? 0.3 : 0.15, 0.95);
    double saturation = rng.chance(0.3) ? rng.uniform(0, 0.2) : rng.uniform(0.15, 0.9);
    double hue;
    if (source) {
      hue = rng.chance(0.7) ? rng.uniform(-0.06, 0.22) : rng.uniform(0.5, 0.66);
    } else {
      hue = rng.chance(0.5) ? rng.uniform(0.25, 0.52) : rng.uniform(0.62, 0.98);
    }
    return hsv(hue, saturation, value);
  }

  private Pattern pattern(double plain) {
    return rng.chance(plain) ? Pattern.PLAIN : pick(source ? SOURCE : TARGET);
  }

  /** A pattern in a size from fine to broad, more of the fine. */
  private Material surface(double plain, double coarse, double fine) {
    double u = rng.uniform();
    return patterned(pattern(plain), colour(), coarse + u * u * (fine - coarse));
  }

  @Override
  Material flat() {
    return surface(0.4, 3, 18);
  }

  @Override
  Material round() {
    return surface(0.4, 3, 18);
  }

  @Override
  Material furniture() {
    if (rng.chance(0.4)) {
      return super.furniture();
    }
    return surface(0.5, 4, 12);
  }

  @Override
  Material wall() {
    double value = rng.uniform(source ? 0.5 : 0.25, 0.98);
    double hue = source ? rng.uniform(0, 0.2) : rng.uniform(0.4, 1);
    Vec base = hsv(hue, rng.uniform(0, 0.5), value);
    Vec second = base.mix(colour(), rng.uniform(0.05, 0.6));
    double u = rng.uniform();
    return new Material(pattern(0.4), base, second, 1.2 + 7 * u * u, shift(), 0, 0);
  }

  @Override
  Material floor() {
    return rng.chance(0.4) ? super.floor() : surface(0.2, 1.2, 7);
  }

  @Override
  Material ceiling() {
    if (rng.chance(0.6)) {
      return super.ceiling();
    }
    Vec base = hsv(rng.uniform(), rng.uniform(0, 0.3), rng.uniform(0.3, 0.95));
    Pattern pattern = rng.chance(0.5) ? Pattern.PLAIN : source ? Pattern.WOOD : Pattern.CELLS;
    return new Material(pattern, base, base.times(0.6), rng.uniform(1, 4), shift(), 0, 0);
  }

  @Override
  Material ground() {
    return rng.chance(0.6) ? super.ground() : surface(0.15, 0.8, 4);
  }

  @Override
  Material leaves() {
    Material leaves = super.leaves();
    if (rng.chance(0.5)) {
      return leaves;
    }
    Pattern pattern = source ? Pattern.SCALES : Pattern.CELLS;
    double fine = leaves.perMetre() * rng.uniform(1, 4);
    return new Material(pattern, leaves.first(), leaves.second(), fine, shift(), 0, 0);
  }

  @Override
  Material cloth() {
    Vec first = hsv(rng.uniform(), rng.uniform(0, 0.9), rng.uniform(0.08, 0.95));
    Vec second = rng.chance(0.5) ? grey(rng.uniform()) : hsv(rng.uniform(), 0.5, 0.8);
    Vec mixed = first.mix(second, rng.uniform(0.3, 0.9));
    double u = rng.uniform();
    return new Material(pattern(0.5), first, mixed, 6 + 24 * u * u, shift(), 0, 0);
  }

  @Override
  double weight(Prop prop, boolean indoors) {
    double bonus = favoured(prop) ? 1.6 : 1;
    return bonus
        * switch (prop) {
          case TREE -> indoors ? 0 : 2.6;
          case PALM -> indoors ? 0 : 1.4;
          case BUSH, HEDGE -> indoors ? 0.2 : 1.4;
          case POTTED -> indoors ? 1.6 : 0.8;
          case TABLE, CHAIR, LAMP -> indoors ? 1.8 : 0.6;
          case LANTERN -> indoors ? 0.6 : 1;
          case SOFA, SHELF, ARMCHAIR, BED, DESK, DESK_LAMP -> indoors ? 1 : 0.3;
          case BENCH -> 1;
          case CONE, RING, SPIRE, SPINDLE, HOOPS, PILLAR -> 1.2;
          case PYRAMID, CYLINDER, BALL -> 1;
          case BLOCK, CAPSULE, TUBE, PEG -> 0.8;
          case EGG, PRISM, OCTAHEDRON, TOWER, DOME, BOWL, WEDGE, GABLE, GEM, BOTTLE, BALLS -> 0.6;
        };
  }

  /** What this world has more of than the other. */
  private boolean favoured(Prop prop) {
    return switch (prop) {
      case BLOCK, CYLINDER, CONE, WEDGE, GABLE, PILLAR, BOTTLE, SOFA, SHELF, TREE, BENCH -> source;
      case PRISM, OCTAHEDRON, CAPSULE, PYRAMID, GEM, SPIRE, PEG, TUBE, PALM, ARMCHAIR, LANTERN ->
          !source;
      default -> false;
    };
  }
}
