package dev.mtlora.cli;

import dev.mtlora.compare.Cell;
import dev.mtlora.compare.ParetoPlot;
import dev.mtlora.compare.Results;
import dev.mtlora.compare.Row;
import dev.mtlora.compare.Tables;
import dev.mtlora.image.Drawing;
import dev.mtlora.image.Png;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A comparison as files: {@code comparison.md}, {@code .csv} and {@code .json}, two plots as PNG
 * and SVG, and the panels of the runs that are still there.
 *
 * @param folder made if it is not there
 */
record ComparisonPage(Path folder) {
  void write(Results results) {
    try {
      Files.createDirectories(folder);
      Tables tables = new Tables(results);
      Files.writeString(folder.resolve("comparison.md"), page(results, tables));
      Files.writeString(folder.resolve("comparison.csv"), tables.csv());
      Files.writeString(folder.resolve("comparison.json"), tables.json() + "\n");
      plot(
          "pareto_parameters",
          results,
          "trainable parameters, millions",
          r -> r.cost().trainable() / 1e6);
      plot("pareto_time", results, "seconds per step", Row::stepSeconds);
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "cannot write the comparison to %s (%s): is there space left, and may you write there?",
              folder,
              e),
          e);
    }
  }

  private String page(Results results, Tables tables) {
    StringBuilder page = new StringBuilder("# " + results.comparison().title() + "\n\n");
    page.append(
        String.format(
            Locale.ROOT,
            "%d of %d cells are finished. Scores are of the last evaluation of each run, mean ± standard deviation over seeds; Δm refers to the means of the single-task networks. Costs are of one seed, the median; multiply-adds of one image's forward pass, nothing merged. A step's time in brackets is of the training, which perhaps shared the machine: compare --time makes steps of all rows in turn.%n%n",
            results.finished().size(),
            results.comparison().cells().size()));
    page.append(tables.markdown());
    results.useless().forEach((task, score) -> page.append(useless(task, score)));
    results.refused().forEach(why -> page.append("\nNot taken: ").append(why).append('\n'));
    if (!results.missing().isEmpty()) {
      page.append(
          String.format(
              Locale.ROOT, "\nNot finished: %s.%n", String.join(", ", results.missing())));
    }
    page.append("\n![Δm against trainable parameters](pareto_parameters.png)\n");
    page.append("\n![Δm against time](pareto_time.png)\n");
    for (Cell cell : results.finished().keySet()) {
      String panel = "runs/" + cell.name() + "/panel.png";
      if (Files.exists(folder.resolve(panel))) {
        page.append(
            String.format(Locale.ROOT, "\n## %s%n%n![%s](%s)%n", cell.name(), cell.name(), panel));
      }
    }
    return page.toString();
  }

  private static String useless(String task, double score) {
    return String.format(
        Locale.ROOT,
        "%nThere is no Δm: single-task networks score %s in %s, which no gain can refer to; train longer, or leave the task out.%n",
        score,
        task);
  }

  private void plot(String name, Results results, String title, ToDoubleFunction<Row> cost)
      throws IOException {
    List<ParetoPlot.Point> points =
        results.rows().stream()
            .map(r -> new ParetoPlot.Point(r.name(), cost.applyAsDouble(r), r.deltaM().mean()))
            .toList();
    ParetoPlot plot = new ParetoPlot(points, title);
    Files.writeString(folder.resolve(name + ".svg"), plot.svg());
    try (Drawing drawing = new Drawing(ParetoPlot.WIDTH, ParetoPlot.HEIGHT)) {
      plot.shapes().forEach(shape -> draw(drawing, shape));
      Png.write(folder.resolve(name + ".png"), drawing.raster());
    }
  }

  private static void draw(Drawing drawing, ParetoPlot.Shape shape) {
    if (shape instanceof ParetoPlot.Line l) {
      drawing.line(l.x0(), l.y0(), l.x1(), l.y1(), l.rgb());
    } else if (shape instanceof ParetoPlot.Dot d) {
      drawing.dot(d.x(), d.y(), d.radius(), d.rgb());
    } else if (shape instanceof ParetoPlot.Text t) {
      drawing.text(t.x(), t.y(), t.text());
    }
  }
}
