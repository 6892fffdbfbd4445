package dev.mtlora.onnx;

import dev.mtlora.files.Version;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Size;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.onnx.OnnxGraph.Attribute;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import dev.mtlora.weights.AtomicFile;
import dev.mtlora.weights.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An ONNX file of a recorded model: version 17 of the operators, and what the model is in its
 * metadata.
 */
final class OnnxFile {
  /** The number of the file format, which goes with version 17 of the operators. */
  private static final int FORMAT = 8;

  private static final int OPERATORS = 17;

  /** Weights from so many bytes on lie in a file of their own: a message has 2 GB at most. */
  static final long INLINE = 1_800_000_000L;

  private static final float GREYS = 255;
  private static final int SMALL = 1024; // bytes

  private final OnnxGraph onnx = new OnnxGraph();
  private final ModelFile model;
  private final RecordedModel.Outputs outputs;
  private final long inline;

  OnnxFile(Graph graph, ModelFile model, OnnxOptions options, long inline) {
    this.model = model;
    this.outputs = options.outputs();
    this.inline = inline;
    String given = options.input() == OnnxOptions.Input.PIXELS ? "pixels" : "images";
    OnnxWeights weights = new OnnxWeights(onnx, options.precision(), graph.constants());
    OnnxForms forms = new OnnxForms(onnx, weights, given);
    Graph.Value images = graph.inputs().values().iterator().next();
    String batch = images.shape().get(0).perPicture() ? "batch" : images.shape().get(0).toString();
    Size size = new Size((int) images.fixed(2), (int) images.fixed(3));
    if (options.input() == OnnxOptions.Input.PIXELS) {
      onnx.input(given, DType.U8, List.of(batch, "height", "width", "3"));
      forms.name(images, prepared(given, images, forms));
    } else {
      List<String> shape =
          List.of(batch, "3", Integer.toString(size.height()), Integer.toString(size.width()));
      onnx.input(given, DType.F32, shape);
      forms.name(images, given);
    }
    graph.steps().forEach(forms::add);
    graph
        .outputs()
        .forEach(
            (name, value) -> {
              onnx.named(List.of(name), "Identity", List.of(forms.name(value)));
              onnx.output(name, value);
            });
  }

  /** As {@link Preprocessing#input} does it: cubic to the size, whole grey levels, normalised. */
  private String prepared(String pixels, Graph.Value images, OnnxForms forms) {
    if (!(model.preprocessing().fit() instanceof Fit.Squash)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "pixels can be given to models that see pictures squashed to their size, and this one"
                  + " sees them by '%s'; export it with images as its input",
              model.preprocessing().fit()));
    }
    String real = onnx.node("Cast", List.of(pixels), Attribute.of("to", OnnxGraph.type(DType.F32)));
    String planes =
        onnx.node("Transpose", List.of(real), Attribute.of("perm", List.of(0L, 3L, 1L, 2L)));
    String cubic =
        onnx.node(
            "Resize",
            List.of(planes, "", "", forms.numbers().of(images.shape())),
            Attribute.of("mode", "cubic"),
            Attribute.of("cubic_coeff_a", -0.75),
            Attribute.of("coordinate_transformation_mode", "half_pixel"));
    String bounded = onnx.node("Clip", List.of(cubic, onnx.scalar(0), onnx.scalar(GREYS)));
    String levels =
        onnx.node("Floor", List.of(onnx.node("Add", List.of(bounded, onnx.scalar(0.5)))));
    Preprocessing values = model.preprocessing().normalisation();
    float[] mean = new float[3];
    float[] deviation = new float[3];
    for (int c = 0; c < 3; c++) {
      mean[c] = GREYS * values.mean().get(c);
      deviation[c] = GREYS * values.std().get(c);
    }
    String centred = onnx.node("Sub", List.of(levels, onnx.floats("pixel_mean", mean, 1, 3, 1, 1)));
    return onnx.node(
        "Div", List.of(centred, onnx.floats("pixel_deviation", deviation, 1, 3, 1, 1)));
  }

  /**
   * Writes the file, and beside it that of its weights if they are too large for it. The latter's
   * name has the hash of what is in it, so that at every moment the file is with the weights that
   * it names; those of an export before are deleted last.
   */
  void write(Path file) throws IOException {
    List<Path> before = WeightsBeside.of(file);
    long bytes = onnx.initializers().stream().mapToLong(Initializer::length).sum();
    List<Protobuf> tensors = new ArrayList<>();
    Optional<Path> data = Optional.empty();
    if (bytes > inline) {
      data = Optional.of(writeData(file, tensors));
    } else {
      onnx.initializers().forEach(i -> tensors.add(whole(i)));
    }
    Protobuf message = model(onnx.message("mtlora", tensors));
    AtomicFile.write(file, message::writeTo);
    for (Path old : before) {
      if (!Optional.of(old).equals(data)) {
        Files.deleteIfExists(old);
      }
    }
  }

  private Path writeData(Path file, List<Protobuf> tensors) {
    List<Initializer> apart = onnx.initializers().stream().filter(i -> i.length() > SMALL).toList();
    Path data = WeightsBeside.name(file, apart);
    AtomicFile.write(
        data,
        channel -> {
          for (Initializer initializer : apart) {
            Protobuf.write(initializer.content().get(), channel);
          }
        });
    long offset = 0;
    for (Initializer initializer : onnx.initializers()) {
      if (initializer.length() <= SMALL) { // shapes must be read before the data
        tensors.add(whole(initializer));
        continue;
      }
      Protobuf tensor = tensor(initializer);
      tensor.message(13, entry("location", data.getFileName().toString()));
      tensor.message(13, entry("offset", Long.toString(offset)));
      tensor.message(13, entry("length", Integer.toString(initializer.length())));
      tensors.add(tensor.number(14, 1)); // the data lies elsewhere
      offset += initializer.length();
    }
    return data;
  }

  private static Protobuf whole(Initializer initializer) {
    return tensor(initializer).bytes(9, initializer.length(), initializer.content());
  }

  private static Protobuf tensor(Initializer initializer) {
    Protobuf tensor = new Protobuf();
    for (long side : initializer.shape()) {
      tensor.number(1, side);
    }
    return tensor.number(2, OnnxGraph.type(initializer.dtype())).text(8, initializer.name());
  }

  private static Protobuf entry(String key, String value) {
    return new Protobuf().text(1, key).text(2, value);
  }

  private Protobuf model(Protobuf graph) {
    Protobuf message = new Protobuf().number(1, FORMAT);
    message.text(2, "MTLoRA for Java").text(3, Version.text());
    message.message(7, graph);
    message.message(8, new Protobuf().text(1, "").number(2, OPERATORS));
    metadata().forEach((key, value) -> message.message(14, entry(key, value)));
    return message;
  }

  /** What people and other programs want to know, and the whole description for us. */
  private Map<String, String> metadata() {
    Map<String, String> texts = new TreeMap<>();
    texts.put(OnnxModel.DESCRIPTION, model.text());
    texts.put(OnnxModel.OUTPUTS, outputs.name().toLowerCase(Locale.ROOT));
    Preprocessing values = model.preprocessing().normalisation();
    texts.put("mtlora.mean", values.mean().toString());
    texts.put("mtlora.std", values.std().toString());
    model
        .spec()
        .tasks()
        .forEach(
            task -> {
              texts.put("mtlora." + task.name() + ".form", task.label().form());
              if (!task.classNames().isEmpty()) {
                texts.put(
                    "mtlora." + task.name() + ".classes", String.join(",", task.classNames()));
              }
            });
    return texts;
  }
}
