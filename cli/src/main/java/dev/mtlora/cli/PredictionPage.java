package dev.mtlora.cli;

import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import dev.mtlora.model.Legend;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code index.html} of many predictions: what colours mean, and every picture with its maps, small
 * ones in {@code index/}. One file and those; nothing is loaded from anywhere else, no script runs.
 */
final class PredictionPage {
  private static final int SMALL = 320;
  private static final int QUALITY = 85;
  private static final int BALL = 48;
  private static final double[] METRES = {0.5, 1, 2, 3, 5, 8, 12, 20};

  private final PredictionFiles files;
  private final List<Task> tasks;
  private final boolean wanted;
  private final Map<Integer, String> figures = new TreeMap<>();

  PredictionPage(PredictionFiles files, List<Task> tasks, PredictOptions options, boolean wanted) {
    this.files = files;
    this.tasks = tasks.stream().filter(options::wants).toList();
    this.wanted = wanted;
  }

  /** The page, if there is one. */
  Optional<Path> file() {
    return wanted && !figures.isEmpty()
        ? Optional.of(files.out().resolve("index.html"))
        : Optional.empty();
  }

  /**
   * Adds a picture.
   *
   * @param number its place
   */
  void add(int number, Seen seen) {
    if (!wanted) {
      return;
    }
    StringBuilder figure =
        new StringBuilder("<article><h2>" + escaped(seen.name()) + "</h2><div>\n");
    String stem = String.format(Locale.ROOT, "%05d_", number);
    figure.append(figure(stem + "image", "picture", seen.photograph()));
    for (Map.Entry<String, Rgb> one : seen.pictures().entrySet()) {
      figure.append(figure(stem + one.getKey(), one.getKey(), one.getValue()));
    }
    synchronized (figures) {
      figures.put(number, figure.append("</div></article>\n").toString());
    }
  }

  private String figure(String file, String title, Rgb picture) {
    Size size = new Size(picture.height(), picture.width()).within(SMALL);
    Rgb small = picture.scaled(size.width(), size.height());
    files.write("index/" + file + ".jpg", small.jpeg(QUALITY));
    return String.format(
        Locale.ROOT,
        "<figure><img src=\"index/%s.jpg\" width=\"%d\" height=\"%d\" alt=\"%s\" loading=\"lazy\">"
            + "<figcaption>%s</figcaption></figure>%n",
        URLEncoder.encode(file, StandardCharsets.UTF_8),
        size.width(),
        size.height(),
        escaped(title),
        escaped(title));
  }

  /** Writes the page, if one is wanted and there is something to show. */
  void write() {
    if (file().isEmpty()) {
      return;
    }
    StringBuilder page = new StringBuilder(HEAD);
    page.append(
        String.format(
            Locale.ROOT,
            "<header><h1>Predictions</h1><p>%d pictures; %s</p></header>%n<section>%n",
            figures.size(),
            escaped(String.join(", ", tasks.stream().map(Task::name).toList()))));
    tasks.forEach(task -> page.append(legend(task)));
    page.append("</section>\n<main>\n");
    figures.values().forEach(page::append);
    page.append("</main>\n</body></html>\n");
    files.write("index.html", page.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String legend(Task task) {
    StringBuilder legend = new StringBuilder("<dl><dt>" + escaped(task.name()) + "</dt>");
    Label label = task.label();
    if (label instanceof Label.Classes classes) {
      for (int i = 0; i < classes.count(); i++) {
        int colour = task.show(new float[] {i}, 1, 1)[0];
        legend.append(swatch(colour, task.className(i)));
      }
    } else if (label instanceof Label.Mask) {
      for (float share : new float[] {0, 0.25f, 0.5f, 0.75f, 1}) {
        String name = String.format(Locale.ROOT, "%.0f %%", 100 * share);
        legend.append(swatch(task.show(new float[] {share}, 1, 1)[0], name));
      }
    } else if (label instanceof Label.Values measured && measured.metres()) {
      for (double metres : METRES) {
        int colour = task.show(new float[] {(float) metres}, 1, 1)[0];
        legend.append(
            swatch(
                colour,
                String.format(
                    Locale.ROOT, "%s m", Double.toString(metres).replaceFirst("\\.0$", ""))));
      }
    } else if (label instanceof Label.Directions) {
      Rgb ball = Legend.ball(task, BALL);
      legend.append(
          String.format(
              Locale.ROOT,
              "<dd><img alt=\"a ball\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
                  + " as a ball looks from here</dd>",
              BALL,
              BALL,
              Base64.getEncoder().encodeToString(ball.png())));
    }
    return legend.append("</dl>\n").toString();
  }

  private static String swatch(int colour, String name) {
    return String.format(
        Locale.ROOT, "<dd><i style=\"background:#%06x\"></i>%s</dd>", colour, escaped(name));
  }

  private static String escaped(String text) {
    List<String> parts = new ArrayList<>();
    text.codePoints()
        .forEach(
            c ->
                parts.add(
                    switch (c) {
                      case '&' -> "&amp;";
                      case '<' -> "&lt;";
                      case '>' -> "&gt;";
                      case '"' -> "&quot;";
                      default -> Character.isISOControl(c) ? "?" : Character.toString(c);
                    }));
    return String.join("", parts);
  }

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Predictions</title>
      <style>
      :root { color-scheme: light dark; --line: #8884; }
      body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1500px; padding: 1rem; }
      h1 { margin: 0; font-size: 1.6rem; }
      header p { margin: .2rem 0 1rem; opacity: .75; }
      section { border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1rem; }
      dl { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .4rem 0; align-items: center; }
      dt { font-weight: 600; min-width: 7rem; }
      dd { margin: 0; display: flex; align-items: center; gap: .35rem; }
      dd i { width: 1rem; height: 1rem; border: 1px solid var(--line); border-radius: 3px; }
      article { margin: 1.5rem 0; }
      h2 { font-size: 1rem; font-weight: 600; margin: 0 0 .4rem; overflow-wrap: anywhere; }
      article div { display: grid; gap: .6rem;
        grid-template-columns: repeat(auto-fit, minmax(min(200px, 46%), 1fr)); }
      figure { margin: 0; max-width: 320px; }
      img { max-width: 100%; height: auto; border-radius: 4px; display: block; }
      figcaption { font-size: .85rem; opacity: .75; }
      @media (max-width: 500px) { dt { width: 100%; } }
      </style></head><body>
      """;
}
