package dev.mtlora.data.scenes;

/** Class indices of the semseg label; the names are {@link SyntheticScenes#SEMSEG_CLASSES}. */
final class Semantic {
  static final int WALL = 0;
  static final int FLOOR = 1;
  static final int CEILING = 2;
  static final int SKY = 3;
  static final int GROUND = 4;
  static final int PERSON = 5;
  static final int TREE = 6;
  static final int TABLE = 7;
  static final int SEAT = 8;
  static final int LAMP = 9;
  static final int PICTURE = 10;
  static final int BLOCK = 11;
  static final int BALL = 12;
  static final int COLUMN = 13;
  static final int CONE = 14;
  static final int RING = 15;

  private Semantic() {}
}
