package dev.mtlora.data.scenes;

/** A point, a direction or a linear RGB colour; used while composing, never per ray. */
record Vec(double x, double y, double z) {
  static final Vec ZERO = new Vec(0, 0, 0);
  static final Vec UP = new Vec(0, 1, 0);
  static final Vec DOWN = new Vec(0, -1, 0);

  Vec plus(Vec o) {
    return new Vec(x + o.x, y + o.y, z + o.z);
  }

  Vec minus(Vec o) {
    return new Vec(x - o.x, y - o.y, z - o.z);
  }

  Vec times(double k) {
    return new Vec(x * k, y * k, z * k);
  }

  Vec times(Vec o) {
    return new Vec(x * o.x, y * o.y, z * o.z);
  }

  Vec mix(Vec o, double k) {
    return times(1 - k).plus(o.times(k));
  }

  double dot(Vec o) {
    return x * o.x + y * o.y + z * o.z;
  }

  Vec cross(Vec o) {
    return new Vec(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
  }

  double length() {
    return Math.sqrt(dot(this));
  }

  Vec unit() {
    return times(1 / length());
  }
}
