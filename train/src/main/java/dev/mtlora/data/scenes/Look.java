package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** Colours, surfaces and kinds of things of a domain, drawn at random for one scene. */
class Look {
  private static final Pattern[] SOURCE_FLAT = {
    Pattern.PLAIN, Pattern.STRIPES, Pattern.CHECKER, Pattern.BRICK, Pattern.WOOD, Pattern.CLOUDY
  };
  private static final Pattern[] TARGET_FLAT = {
    Pattern.PLAIN, Pattern.PLAID, Pattern.TILES, Pattern.DOTS, Pattern.MARBLE, Pattern.GRAINY
  };
  private static final Pattern[] SOURCE_ROUND = {
    Pattern.PLAIN, Pattern.STRIPES, Pattern.CHECKER, Pattern.CLOUDY, Pattern.WOOD
  };
  private static final Pattern[] TARGET_ROUND = {
    Pattern.PLAIN, Pattern.STRIPES, Pattern.MARBLE, Pattern.GRAINY, Pattern.CLOUDY
  };

  final boolean source;
  final Rng rng;

  Look(Domain domain, Rng rng) {
    this.source = domain == Domain.SOURCE;
    this.rng = rng;
  }

  /** Linear RGB of a hue (0..1, wraps), saturation and brightness. */
  static Vec hsv(double hue, double saturation, double value) {
    double h = 6 * (hue - Math.floor(hue));
    double r = Math.abs(h - 3) - 1;
    double g = 2 - Math.abs(h - 2);
    double b = 2 - Math.abs(h - 4);
    return new Vec(
        channel(r, saturation, value),
        channel(g, saturation, value),
        channel(b, saturation, value));
  }

  private static double channel(double pure, double saturation, double value) {
    double c = value * (1 - saturation * (1 - Math.max(0, Math.min(1, pure))));
    return c * c; // pictures are stored with gamma 2
  }

  /** The colour of a thing. */
  Vec colour() {
    if (source) {
      double hue = rng.chance(0.7) ? rng.uniform(-0.04, 0.19) : rng.uniform(0.52, 0.64);
      return hsv(hue, rng.uniform(0.15, 0.85), rng.uniform(0.4, 0.95));
    }
    double hue = rng.chance(0.5) ? rng.uniform(0.25, 0.52) : rng.uniform(0.62, 1.0);
    return hsv(hue, rng.uniform(0.05, 0.8), rng.uniform(0.2, 0.9));
  }

  /** A thing with flat faces. */
  Material flat() {
    return patterned(pick(source ? SOURCE_FLAT : TARGET_FLAT), colour(), rng.uniform(4, 14));
  }

  /** A thing with curved faces. */
  Material round() {
    return patterned(pick(source ? SOURCE_ROUND : TARGET_ROUND), colour(), rng.uniform(4, 14));
  }

  /** Planks or stone for furniture. */
  Material furniture() {
    Pattern pattern = rng.chance(0.3) ? Pattern.PLAIN : source ? Pattern.WOOD : Pattern.MARBLE;
    return patterned(pattern, colour(), rng.uniform(4, 9));
  }

  /** Walls are pale in one domain and deep in the other. */
  Material wall() {
    Vec base =
        source
            ? hsv(rng.uniform(0.02, 0.2), rng.uniform(0.05, 0.4), rng.uniform(0.65, 0.95))
            : hsv(rng.uniform(0.4, 1.0), rng.uniform(0.05, 0.45), rng.uniform(0.35, 0.85));
    Pattern pattern = pick(source ? SOURCE_FLAT : TARGET_FLAT);
    return new Material(
        pattern,
        base,
        base.mix(colour(), rng.uniform(0.1, 0.45)),
        rng.uniform(1.5, 6),
        shift(),
        0,
        0);
  }

  /** What one walks on indoors. */
  Material floor() {
    Pattern pattern =
        pick(
            source
                ? new Pattern[] {Pattern.WOOD, Pattern.WOOD, Pattern.CHECKER, Pattern.CLOUDY}
                : new Pattern[] {Pattern.TILES, Pattern.TILES, Pattern.MARBLE, Pattern.PLAID});
    return patterned(pattern, colour(), rng.uniform(1.5, 6));
  }

  /** A plain, bright ceiling. */
  Material ceiling() {
    Vec base = hsv(rng.uniform(), rng.uniform(0, 0.15), rng.uniform(0.7, 0.95));
    return new Material(
        rng.chance(0.3) ? Pattern.TILES : Pattern.PLAIN,
        base,
        base.times(0.75),
        1.5,
        shift(),
        0,
        0);
  }

  /** Grass, sand, paving. */
  Material ground() {
    if (rng.chance(0.35)) {
      return patterned(source ? Pattern.BRICK : Pattern.TILES, colour().mix(grey(0.5), 0.6), 3);
    }
    double hue = source ? rng.uniform(0.1, 0.3) : rng.uniform(0.3, 0.7);
    Vec base = hsv(hue, rng.uniform(0.2, 0.6), rng.uniform(0.35, 0.7));
    Pattern pattern = rng.chance(0.6) ? Pattern.GRAINY : Pattern.CLOUDY;
    return new Material(
        pattern, base, base.times(rng.uniform(0.35, 0.6)), rng.uniform(1.5, 6), shift(), 0, 0);
  }

  /** Leaves: green in one domain, blue-green to red-violet in the other. */
  Material leaves() {
    double hue = source ? rng.uniform(0.17, 0.36) : rng.uniform(0.36, 0.5);
    if (!source && rng.chance(0.3)) {
      hue = rng.uniform(0.85, 0.98);
    }
    Vec base = hsv(hue, rng.uniform(0.4, 0.8), rng.uniform(0.4, 0.75));
    return new Material(Pattern.GRAINY, base, base.times(0.3), rng.uniform(2.5, 5), shift(), 0, 0);
  }

  /** Bark. */
  Material bark() {
    Vec base = hsv(rng.uniform(0.04, 0.12), rng.uniform(0.2, 0.5), rng.uniform(0.3, 0.55));
    return new Material(Pattern.GRAINY, base, base.times(0.5), 8, shift(), 0, 0);
  }

  /** Skin, from very light to very dark, in both domains alike. */
  Material skin() {
    double dark = rng.uniform();
    Vec base = hsv(rng.uniform(0.04, 0.08), 0.3 + 0.3 * dark, 0.95 - 0.6 * dark);
    return new Material(Pattern.PLAIN, base, base, 1, shift(), 0.08, 0);
  }

  /** Hair. */
  Material hair() {
    Vec base = hsv(rng.uniform(0.03, 0.12), rng.uniform(0, 0.6), rng.uniform(0.1, 0.6));
    return new Material(Pattern.GRAINY, base, base.times(0.6), 12, shift(), 0.1, 0);
  }

  /** Cloth of a colour of any hue: people dress alike in both domains, patterns differ. */
  Material cloth() {
    Vec first = hsv(rng.uniform(), rng.uniform(0, 0.8), rng.uniform(0.15, 0.9));
    Pattern pattern = rng.chance(0.5) ? Pattern.PLAIN : pick(source ? SOURCE_ROUND : TARGET_ROUND);
    Vec second = first.mix(hsv(rng.uniform(), 0.4, 0.8), 0.5);
    return new Material(pattern, first, second, rng.uniform(10, 25), shift(), 0, 0);
  }

  /** A lamp shade that glows in its own light. */
  Material glowing() {
    Vec base = source ? hsv(rng.uniform(0.08, 0.16), 0.25, 1) : hsv(rng.uniform(), 0.35, 1);
    return new Material(Pattern.PLAIN, base, base, 1, shift(), 0, 0.9);
  }

  /** Any material for small built-in things such as frames and panes. */
  Material plain(Vec colour, double shine) {
    return new Material(Pattern.PLAIN, colour, colour, 1, shift(), shine, 0);
  }

  /** How often a kind of thing is chosen; furniture stays indoors and trees outdoors, mostly. */
  double weight(Prop prop, boolean indoors) {
    double w = prop.weight(source);
    return switch (prop) {
      case SOFA, SHELF, LAMP, CHAIR -> indoors ? w : 0.3 * w;
      case TREE -> indoors ? 0 : source ? 3.5 : 2.5;
      case BUSH -> indoors ? w : source ? 2 : 1.4;
      default -> w;
    };
  }

  static Vec grey(double value) {
    return new Vec(value * value, value * value, value * value);
  }

  final Material patterned(Pattern pattern, Vec first, double perMetre) {
    Vec other = rng.chance(0.5) ? colour() : grey(rng.uniform(0.1, 0.9));
    Vec second = first.mix(other, rng.uniform(0.4, 1));
    double shine = rng.chance(0.35) ? rng.uniform(0.1, 0.6) : 0;
    return new Material(pattern, first, second, perMetre, shift(), shine, 0);
  }

  final Vec shift() {
    return new Vec(rng.uniform(0, 50), rng.uniform(0, 50), rng.uniform(0, 50));
  }

  final Pattern pick(Pattern[] patterns) {
    return patterns[rng.below(patterns.length)];
  }
}
