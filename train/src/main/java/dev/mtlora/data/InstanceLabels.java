package dev.mtlora.data;

import dev.mtlora.data.coco.CocoInstance;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Labels drawn from the outlines of things.
 *
 * @param images that are annotated
 */
record InstanceLabels(CocoImages images) implements LabelReader {
  @Override
  public Optional<Path> file(String id) {
    return Optional.ofNullable(images.byId().get(id)).map(one -> one.coco().file());
  }

  @Override
  public Raster read(String id) {
    CocoImages.Annotated of = images.of(id);
    int height = of.image().height();
    int width = of.image().width();
    if (height < 1 || width < 1 || width > Images.MAX_PIXELS / height) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s says that the image %s has %d x %d pixels (width, height), but 1 to %d are read;"
                  + " correct its entry",
              of.coco().file(),
              of.image().name(),
              width,
              height,
              Images.MAX_PIXELS));
    }
    Raster out = new Raster(height, width, 1);
    Arrays.fill(out.values(), of.classes().background());
    List<CocoInstance> things = new ArrayList<>(of.coco().instances(of.image()));
    things.sort(Comparator.comparing((CocoInstance thing) -> -thing.shape().area()));
    things.forEach(
        thing -> thing.shape().paint(out, of.classes().of(thing.category(), of.image().name())));
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
    return List.of();
  }
}
