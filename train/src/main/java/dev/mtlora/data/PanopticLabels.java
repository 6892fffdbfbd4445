package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Labels in PNGs of segments.
 *
 * @param images that are annotated
 * @param masks the PNGs
 */
record PanopticLabels(CocoImages images, FolderListing masks) implements LabelReader {
  private static final int STEP = 256;

  /**
   * Fails if a PNG is missing.
   *
   * @param ids of the images that need one, if they are annotated
   */
  PanopticLabels complete(List<String> ids) {
    for (String id : ids) {
      CocoImages.Annotated of = images.byId().get(id);
      if (of != null && file(id).isEmpty()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s names %s for the image %s, but that PNG is not in %s; unpack the masks there, or"
                    + " correct data.labels folder",
                of.coco().file(),
                of.coco().mask(of.image()).orElse("no PNG"),
                of.image().name(),
                masks.folder()));
      }
    }
    return this;
  }

  @Override
  public Optional<Path> file(String id) {
    return Optional.ofNullable(images.byId().get(id))
        .flatMap(one -> one.coco().mask(one.image()))
        .flatMap(mask -> masks.file(stem(mask)));
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return FolderListing.composed(dot < 0 ? name : name.substring(0, dot));
  }

  @Override
  public Raster read(String id) {
    CocoImages.Annotated of = images.of(id);
    PngSamples png = Images.readPng(file(id).orElseThrow());
    png.check(
        png.values().channels() == 3 && png.bits() == 8,
        "panoptic segments are RGB PNG of 8 bits, R + 256 G + 65536 B");
    Map<Integer, Float> classes = new HashMap<>();
    classes.put(0, of.classes().background());
    of.coco()
        .segments(of.image())
        .forEach(
            (segment, category) ->
                classes.put(segment, of.classes().of(category, of.image().name())));
    float[] rgb = png.values().values();
    Raster out = new Raster(png.values().height(), png.values().width(), 1);
    for (int i = 0; i < out.values().length; i++) {
      int segment = (int) (rgb[3 * i] + STEP * (rgb[3 * i + 1] + STEP * rgb[3 * i + 2]));
      Float number = classes.get(segment);
      if (number == null) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has the segment %d at column %d, row %d, which %s does not list for the image %s;"
                    + " are both of the same release?",
                png.file(),
                segment,
                i % out.width(),
                i / out.width(),
                of.coco().file(),
                of.image().name()));
      }
      out.values()[i] = number;
    }
    return out;
  }

  @Override
  public Optional<String> doubt(String id) {
    return Optional.empty();
  }

  @Override
  public List<String> ids() {
    return List.copyOf(images.byId().keySet());
  }

  @Override
  public List<Path> others() {
    return masks.listed().others();
  }
}
