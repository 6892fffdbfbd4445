package dev.mtlora.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.compare.ParetoPlot.Point;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ParetoPlotTest {
  @Property(tries = 200)
  void front_randomPoints_isWhatNoOtherBeats(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 99) Integer> numbers) {
    List<Point> points =
        numbers.stream().distinct().map(n -> new Point("p" + n, 1 + n / 10, n % 10)).toList();
    Set<Point> unbeaten =
        points.stream()
            .filter(p -> points.stream().noneMatch(q -> beats(q, p)))
            .collect(Collectors.toSet());
    assertThat(new ParetoPlot(points, "cost").front())
        .containsExactlyInAnyOrderElementsOf(unbeaten);
  }

  private static boolean beats(Point q, Point p) {
    return q.cost() <= p.cost()
        && q.gain() >= p.gain()
        && (q.cost() < p.cost() || q.gain() > p.gain());
  }

  @Test
  void svg_namesAndNumbers_areInsideAndEscaped() {
    ParetoPlot plot =
        new ParetoPlot(
            List.of(
                new Point("a < b & c", 0.5, -3),
                new Point("other", 20, 7),
                new Point("not finished", 1, Double.NaN)),
            "millions");
    assertThat(plot.svg())
        .startsWith("<svg")
        .contains("a &lt; b &amp; c</text>")
        .contains("millions (logarithmic)")
        .doesNotContain("not finished");
    for (ParetoPlot.Shape shape : plot.shapes()) {
      if (shape instanceof ParetoPlot.Dot dot) {
        assertThat(dot.x()).isBetween(0.0, (double) ParetoPlot.WIDTH);
        assertThat(dot.y()).isBetween(0.0, (double) ParetoPlot.HEIGHT);
      }
    }
  }

  @Test
  void svg_ofNothing_saysSo() {
    assertThat(new ParetoPlot(List.of(), "cost").svg()).contains("nothing finished yet");
  }

  private static ParetoPlot.Dot dot(ParetoPlot plot, int index) {
    return (ParetoPlot.Dot)
        plot.shapes().stream().filter(ParetoPlot.Dot.class::isInstance).toList().get(index);
  }

  private static ParetoPlot.Text text(ParetoPlot plot, String text) {
    return plot.shapes().stream()
        .filter(ParetoPlot.Text.class::isInstance)
        .map(ParetoPlot.Text.class::cast)
        .filter(shape -> shape.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no text " + text));
  }

  /** Ten times the cost is the same way to the right, the same gain the same way up. */
  @Test
  void dots_ofAGrid_lieAtEqualDistances() {
    ParetoPlot plot =
        new ParetoPlot(
            List.of(new Point("a", 1, -2), new Point("b", 10, 0), new Point("c", 100, 2)), "cost");
    double right = dot(plot, 1).x() - dot(plot, 0).x();
    double up = dot(plot, 0).y() - dot(plot, 1).y();
    assertThat(right).isBetween(300.0, 340.0); // 680 pixels are 2.16 powers of ten
    assertThat(dot(plot, 2).x() - dot(plot, 1).x()).isCloseTo(right, within(1e-9));
    assertThat(up).isBetween(200.0, 230.0); // 470 pixels are 4.48 per cent
    assertThat(dot(plot, 1).y() - dot(plot, 2).y()).isCloseTo(up, within(1e-9));
    assertThat(dot(plot, 0).x()).isCloseTo(70 + 680 * 0.08 / 2.16, within(1e-9));
    assertThat(dot(plot, 2).y()).isCloseTo(30 + 470 * 0.24 / 4.48, within(1e-9));
  }

  @Test
  void axes_haveRoundNumbersAtTheirPlaces() {
    ParetoPlot plot =
        new ParetoPlot(
            List.of(new Point("a", 0.5, -2), new Point("b", 10, 0), new Point("c", 100, 2)),
            "cost");
    assertThat(text(plot, "10").x()).isCloseTo(dot(plot, 1).x() - 10, within(1e-9));
    assertThat(text(plot, "0.5").x()).isCloseTo(dot(plot, 0).x() - 10, within(1e-9));
    assertThat(text(plot, "+0").y()).isCloseTo(dot(plot, 1).y() + 5, within(1e-9));
    assertThat(text(plot, "-2").y()).isCloseTo(dot(plot, 0).y() + 5, within(1e-9));
    assertThat(plot.shapes())
        .filteredOn(ParetoPlot.Text.class::isInstance)
        .extracting(shape -> ((ParetoPlot.Text) shape).text())
        .containsSubsequence("0.5", "1", "2", "5", "10", "20", "50", "100")
        .containsSubsequence("-2", "-1", "+0", "+1", "+2")
        .doesNotContain("0.2", "200", "-3", "+3");
  }

  /** Two at one place: the second name is moved down, and a line leads to its point. */
  @Test
  void names_ofPointsAtOnePlace_lieBelowEachOther() {
    ParetoPlot plot =
        new ParetoPlot(
            List.of(new Point("one", 10, 1), new Point("two", 10, 1), new Point("far", 1, 0)),
            "cost");
    ParetoPlot.Text one = text(plot, "one");
    ParetoPlot.Text two = text(plot, "two");
    assertThat(one.x()).isEqualTo(dot(plot, 0).x() + 9);
    assertThat(one.y()).isEqualTo(dot(plot, 0).y() + 5);
    assertThat(two.x()).isEqualTo(one.x());
    assertThat(two.y()).isEqualTo(one.y() + 15);
    assertThat(text(plot, "far").y()).isEqualTo(dot(plot, 2).y() + 5);
    assertThat(plot.shapes())
        .contains(
            new ParetoPlot.Line(
                dot(plot, 1).x(), dot(plot, 1).y(), two.x() - 2, two.y() - 5, 0xA0A0A0));
  }

  @Test
  void front_ofThreePoints_isJoinedAndOfItsOwnColour() {
    ParetoPlot plot =
        new ParetoPlot(
            List.of(new Point("a", 1, 0), new Point("worse", 5, -1), new Point("b", 10, 2)),
            "cost");
    assertThat(dot(plot, 0).rgb()).isEqualTo(0xC04030).isEqualTo(dot(plot, 2).rgb());
    assertThat(dot(plot, 1).rgb()).isEqualTo(0x3060A0);
    assertThat(plot.shapes())
        .contains(
            new ParetoPlot.Line(
                dot(plot, 0).x(), dot(plot, 0).y(), dot(plot, 2).x(), dot(plot, 2).y(), 0xC04030));
    assertThat(plot.svg()).contains("stroke=\"#c04030\"/>").contains("fill=\"#3060a0\"/>");
  }
}
