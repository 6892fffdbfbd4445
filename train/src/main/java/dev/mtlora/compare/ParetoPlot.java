package dev.mtlora.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Rows as points: what a method costs to the right (logarithmic), what it gains upwards. The front
 * joins the points that no other beats in both.
 *
 * @param points at least one
 * @param costTitle of the horizontal axis
 */
public record ParetoPlot(List<Point> points, String costTitle) {
  public static final int WIDTH = 900;
  public static final int HEIGHT = 560;
  private static final int LEFT = 70;
  private static final int RIGHT = 150;
  private static final int TOP = 30;
  private static final int BOTTOM = 60;

  /**
   * One row.
   *
   * @param name printed beside it
   * @param cost above 0
   * @param gain Δm, per cent
   */
  public record Point(String name, double cost, double gain) {}

  /** Leaves out what is not finite. */
  public ParetoPlot {
    points = points.stream().filter(p -> p.cost() > 0 && Double.isFinite(p.gain())).toList();
  }

  /** The points that no other one beats: cheapest first. */
  public List<Point> front() {
    List<Point> front = new ArrayList<>();
    List<Point> cheapestFirst =
        points.stream()
            .sorted(
                Comparator.comparingDouble(Point::cost)
                    .thenComparing(Comparator.comparingDouble(Point::gain).reversed()))
            .toList();
    for (Point point : cheapestFirst) {
      if (front.isEmpty() || point.gain() > front.get(front.size() - 1).gain()) {
        front.add(point);
      }
    }
    return front;
  }

  /** What a plot consists of, in pixels, the origin at the upper left. */
  public sealed interface Shape permits Line, Dot, Text {}

  /** A line from one point to another. */
  public record Line(double x0, double y0, double x1, double y1, int rgb) implements Shape {}

  /** A filled circle. */
  public record Dot(double x, double y, double radius, int rgb) implements Shape {}

  /** A line of ASCII, its lower left corner at (x, y). */
  public record Text(double x, double y, String text) implements Shape {}

  /** Everything to draw, in order. */
  public List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    if (points.isEmpty()) {
      shapes.add(new Text(LEFT, HEIGHT / 2.0, "nothing finished yet"));
      return shapes;
    }
    Axes axes = Axes.of(points);
    axes.draw(shapes, costTitle);
    List<Point> front = front();
    for (int i = 1; i < front.size(); i++) {
      Point a = front.get(i - 1);
      Point b = front.get(i);
      shapes.add(new Line(axes.x(a), axes.y(a), axes.x(b), axes.y(b), 0xC04030));
    }
    for (Point point : points) {
      int colour = front.contains(point) ? 0xC04030 : 0x3060A0;
      shapes.add(new Dot(axes.x(point), axes.y(point), 5, colour));
    }
    shapes.addAll(names(axes));
    return shapes;
  }

  /**
   * Names beside their points, moved down where two would lie on each other; a thin line then leads
   * to the point.
   */
  private List<Shape> names(Axes axes) {
    List<Text> names = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    for (Point point : points.stream().sorted(Comparator.comparingDouble(axes::y)).toList()) {
      double x = axes.x(point) + 9;
      double y = axes.y(point) + 5;
      for (Text other : names) {
        boolean besides = Math.abs(other.x() - x) < 9.0 * Math.max(other.text().length(), 4);
        if (besides && Math.abs(other.y() - y) < 15) {
          y = other.y() + 15;
        }
      }
      if (y > axes.y(point) + 12) {
        shapes.add(new Line(axes.x(point), axes.y(point), x - 2, y - 5, 0xA0A0A0));
      }
      names.add(new Text(x, y, point.name()));
    }
    shapes.addAll(names);
    return shapes;
  }

  /** As an SVG document. */
  public String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"14\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
            WIDTH,
            HEIGHT));
    shapes().forEach(shape -> svg.append(svg(shape)).append('\n'));
    return svg.append("</svg>\n").toString();
  }

  private static String svg(Shape shape) {
    if (shape instanceof Line l) {
      return String.format(
          Locale.ROOT,
          "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#%06x\"/>",
          l.x0,
          l.y0,
          l.x1,
          l.y1,
          l.rgb);
    }
    if (shape instanceof Dot d) {
      return String.format(
          Locale.ROOT,
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#%06x\"/>",
          d.x,
          d.y,
          d.radius,
          d.rgb);
    }
    Text t = (Text) shape;
    String text = t.text.replace("&", "&amp;").replace("<", "&lt;");
    return String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>", t.x, t.y, text);
  }

  /** From costs and gains to pixels. */
  private record Axes(double logLow, double logHigh, double low, double high) {
    private static final int GREY = 0xD0D0D0;

    static Axes of(List<Point> points) {
      double low = points.stream().mapToDouble(Point::gain).min().orElse(0);
      double high = points.stream().mapToDouble(Point::gain).max().orElse(0);
      double margin = Math.max(0.1, 0.06 * (high - low));
      double logLow = points.stream().mapToDouble(p -> Math.log10(p.cost())).min().orElse(0);
      double logHigh = points.stream().mapToDouble(p -> Math.log10(p.cost())).max().orElse(0);
      return new Axes(logLow - 0.08, logHigh + 0.08, low - margin, high + margin);
    }

    double x(Point point) {
      return x(Math.log10(point.cost()));
    }

    private double x(double log) {
      return LEFT + (log - logLow) / (logHigh - logLow) * (WIDTH - LEFT - RIGHT);
    }

    double y(Point point) {
      return y(point.gain());
    }

    private double y(double gain) {
      return TOP + (high - gain) / (high - low) * (HEIGHT - TOP - BOTTOM);
    }

    void draw(List<Shape> shapes, String costTitle) {
      for (int power = (int) Math.floor(logLow); power <= logHigh; power++) {
        for (int digit : new int[] {1, 2, 5}) {
          double value = digit * Math.pow(10, power);
          double log = Math.log10(value);
          if (log >= logLow && log <= logHigh) {
            shapes.add(new Line(x(log), TOP, x(log), HEIGHT - BOTTOM, GREY));
            shapes.add(new Text(x(log) - 10, HEIGHT - BOTTOM + 18.0, brief(value)));
          }
        }
      }
      double step = step((high - low) / 6);
      for (double gain = Math.ceil(low / step) * step; gain <= high; gain += step) {
        shapes.add(new Line(LEFT, y(gain), WIDTH - RIGHT, y(gain), GREY));
        shapes.add(new Text(8, y(gain) + 5, label(clean(gain), step)));
      }
      shapes.add(new Line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, 0));
      shapes.add(new Line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, 0));
      shapes.add(new Text(LEFT, TOP - 10.0, "Delta m, per cent"));
      shapes.add(new Text(LEFT, HEIGHT - 12.0, costTitle + " (logarithmic)"));
    }

    private static String label(double gain, double step) {
      int decimals = (int) Math.max(0, -Math.floor(Math.log10(step)));
      return String.format(Locale.ROOT, "%+." + decimals + "f", gain);
    }

    private static double clean(double value) {
      return Math.abs(value) < 1e-9 ? 0 : value;
    }

    private static String brief(double value) {
      return value >= 1 ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }

    /** 1, 2 or 5 times a power of ten, at least the given one. */
    private static double step(double least) {
      double power = Math.pow(10, Math.floor(Math.log10(least)));
      for (double factor : new double[] {1, 2, 5}) {
        if (factor * power >= least) {
          return factor * power;
        }
      }
      return 10 * power;
    }
  }
}
