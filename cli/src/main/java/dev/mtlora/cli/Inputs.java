package dev.mtlora.cli;

import dev.mtlora.data.FolderFiles;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Video;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is predicted, one picture after the other: a picture, those of a folder in the order of the
 * numbers in their names, or the frames of a video, named by their numbers.
 *
 * @param pictures in their order; asking for the next may fail as reading it may
 * @param others pictures of a folder that are not read
 * @param closed when all is done
 */
record Inputs(Iterator<Input> pictures, List<Path> others, Runnable closed)
    implements AutoCloseable {
  /**
   * One of them.
   *
   * @param name of its predictions, to be continued
   * @param image reads it
   */
  record Input(String name, Supplier<Raster> image) {}

  /**
   * What there is.
   *
   * @throws dev.mtlora.files.DataException if a folder holds no pictures, or a video can't be read
   */
  static Inputs of(Path path) {
    if (Files.isDirectory(path)) {
      FolderFiles folder = FolderFiles.list(path, FolderFiles.PHOTOGRAPHS).orNone();
      return of(folder.files(), folder.others());
    }
    return Video.is(path) ? of(path, Video.open(path)) : of(List.of(path), List.of());
  }

  private static Inputs of(List<Path> files, List<Path> others) {
    return new Inputs(
        each(
            OutputNames.of(files).entrySet().iterator(),
            named -> new Input(named.getValue(), () -> Images.read(named.getKey()))),
        others,
        () -> {});
  }

  private static Inputs of(Path file, Video video) {
    String stem = FolderFiles.stem(file);
    return new Inputs(
        each(
            video,
            frame ->
                new Input(
                    String.format(Locale.ROOT, "%s_%06d", stem, frame.number()), frame::image)),
        List.of(),
        video::close);
  }

  private static <T> Iterator<Input> each(Iterator<T> all, Function<T, Input> input) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Input next() {
        return input.apply(all.next());
      }
    };
  }

  @Override
  public void close() {
    closed.run();
  }
}
