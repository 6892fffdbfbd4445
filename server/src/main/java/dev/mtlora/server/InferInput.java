package dev.mtlora.server;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Block;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.model.Predictor;
import dev.mtlora.server.Refusal.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The pictures of a request, in one of the three forms that it may send them in. */
final class InferInput {
  /** FP32 {@code [B, 3, H, W]}, normalised. */
  static final String IMAGES = "images";

  /** UINT8 {@code [B, H, W, 3]}, R, G, B. */
  static final String PIXELS = "pixels";

  /** BYTES {@code [B]}: files of pictures. */
  static final String ENCODED = "encoded";

  private InferInput() {}

  /** The only input. */
  static InferTensor only(InferRequest request) {
    List<InferTensor> inputs = request.inputs();
    if (inputs.size() != 1 || !List.of(IMAGES, PIXELS, ENCODED).contains(inputs.get(0).name())) {
      throw Refusal.bad(
          "the request must have one input, '%s', '%s' or '%s', but has %s",
          IMAGES,
          PIXELS,
          ENCODED,
          inputs.size() == 1
              ? "'" + Call.brief(inputs.get(0).name()) + "'"
              : Integer.toString(inputs.size()));
    }
    return inputs.get(0);
  }

  /** Images as the model sees them. */
  static Block images(InferTensor input, Predictor predictor) {
    Size size = predictor.size();
    boolean fixed = predictor.fit().isFixed();
    input.require(DataType.FP32, -1, 3, fixed ? size.height() : -1, fixed ? size.width() : -1);
    int[] shape = input.shape();
    if (Math.min(shape[2], shape[3]) < predictor.smallest()) {
      throw Refusal.bad(
          "images of %d x %d are too small: this model sees nothing below %d pixels",
          shape[2], shape[3], predictor.smallest());
    }
    return new Block(shape[0], 3, shape[2], shape[3], input.numbers());
  }

  /**
   * How large its pictures are, before they are decoded.
   *
   * @param most pixels that each may have
   */
  static List<Size> sizes(InferTensor input, int most) {
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < input.shape()[0]; i++) {
      sizes.add(
          input.type() == DataType.BYTES
              ? size(input.items().get(i), name(i), most)
              : few(new Size(input.shape()[1], input.shape()[2]), name(i), most));
    }
    return sizes;
  }

  /** The size of a picture by its header. */
  static Size size(byte[] picture, String name, int most) {
    return few(Images.size(picture, name), name, most);
  }

  private static Size few(Size size, String name, int most) {
    if ((long) size.height() * size.width() > most) {
      throw new Refusal(
          Kind.TOO_LARGE,
          "%s has %d x %d pixels (height x width), more than the %,d that this server takes",
          name,
          size.height(),
          size.width(),
          most);
    }
    return size;
  }

  /** The pictures, of one size. */
  static List<Raster> pictures(InferTensor input) {
    return input.name().equals(PIXELS) ? ofPixels(input) : decoded(input);
  }

  private static List<Raster> ofPixels(InferTensor input) {
    int[] shape = input.shape();
    int length = shape[1] * shape[2] * 3;
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < shape[0]; i++) {
      float[] own =
          shape[0] == 1
              ? input.numbers()
              : Arrays.copyOfRange(input.numbers(), i * length, (i + 1) * length);
      pictures.add(new Raster(shape[1], shape[2], 3, own));
    }
    return pictures;
  }

  private static List<Raster> decoded(InferTensor input) {
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < input.items().size(); i++) {
      Raster picture = Images.decode(input.items().get(i), name(i));
      Raster first = pictures.isEmpty() ? picture : pictures.get(0);
      if (picture.height() != first.height() || picture.width() != first.width()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "the pictures of one request have one size, but picture 1 has %d x %d pixels (height x"
                    + " width) and %s %d x %d",
                first.height(),
                first.width(),
                name(i),
                picture.height(),
                picture.width()));
      }
      pictures.add(picture);
    }
    return pictures;
  }

  private static String name(int index) {
    return "picture " + (index + 1);
  }
}
