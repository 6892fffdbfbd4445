package dev.mtlora.compare;

import static org.assertj.core.api.Assertions.assertThat;

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
}
