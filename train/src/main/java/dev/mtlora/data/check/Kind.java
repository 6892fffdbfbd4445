package dev.mtlora.data.check;

import static dev.mtlora.data.check.Severity.ERROR;
import static dev.mtlora.data.check.Severity.NOTE;
import static dev.mtlora.data.check.Severity.WARNING;

import dev.mtlora.data.FolderFiles;

/** What can be found, and its cure. */
public enum Kind {
  /** A folder, a list or a set of files that is not there. */
  NOT_OPENED(ERROR, false, "cannot be opened", "until then none of its labels are looked at"),
  /** A sample that cannot be read; the message names file and cure. */
  UNREADABLE(ERROR, false, "cannot be read", "training would stop at the first of these"),
  /** A value that the task has no meaning for. */
  OUT_OF_RANGE(
      ERROR,
      false,
      "values that the task does not have",
      "correct the labels, or declare their numbers in data.labels"),
  /** A split whose labels say the same of every pixel. */
  ONE_VALUE(
      ERROR,
      false,
      "one value in every pixel of every image",
      "nothing can be learned from these: check which folder the labels are from and their encoding"),
  /** Too few samples for a single batch. */
  TOO_FEW(ERROR, false, "fewer images than a batch", "make train.batch smaller or add images"),
  /** Another number of images than the published dataset. */
  OTHER_COUNT(
      WARNING,
      false,
      "another number of images than published",
      "scores will not compare with those of papers: unpack the archive again"),
  /** An image that a split has more than once. */
  TWICE(WARNING, false, "images listed twice", "remove all but one from the list"),
  /** An image that trains and validates. */
  SHARED(
      WARNING,
      false,
      "images that both train and validate",
      "validation scores will be too good: leave them in one of the two lists"),
  /** An image that tests, and is in another split. */
  SHARED_TEST(
      WARNING,
      false,
      "images that test and are in another split, too",
      "scores of the test will be too good: leave them in one of the lists"),
  /** Depth as from an 8-bit picture. */
  SHORT_DEPTH(
      WARNING,
      true,
      "depth below 256 mm everywhere",
      "was an 8-bit map stored with 16 bits? write the depth in millimetres, in 16 bits"),
  /** One depth for a whole image. */
  FLAT_DEPTH(WARNING, true, "one depth everywhere", "write the measured depth, and 0 for none"),
  /** The largest number of 16 bits. */
  FULL_DEPTH(
      WARNING,
      true,
      "depth of 65535 mm, the largest number of 16 bits",
      "if it stands for no depth, write 0 instead, which is ignored"),
  /** Normals that are no directions. */
  NOT_UNIT(
      WARNING,
      true,
      "normals that are not of unit length",
      "divide the vectors by their lengths, and write zeros for none"),
  /** A label that can be read, but is probably written in another way. */
  DOUBTFUL(WARNING, true, "labels that look wrong", "the message says how they should be written"),
  /** Edges that cover most of a split. */
  MANY_EDGES(
      WARNING, false, "more edge than not", "edges are 255 and the rest 0: invert the masks"),
  /** Classes that no label has. */
  ABSENT_CLASS(
      WARNING,
      false,
      "classes without a single pixel",
      "they cannot be learned or scored: check the numbers of the classes, or leave them out"),
  /** A label that has nothing but ignored pixels. */
  EMPTY(NOTE, true, "labels with nothing but ignored pixels", "fine where there is nothing known"),
  /** An image that a task has no label for. */
  NO_LABEL(
      NOTE,
      false,
      "images without a label of this task",
      "fine if meant so: they add nothing to its loss and score; else add the files"),
  /** Numbers of 12 bits in a picture of 16, or a picture of nothing. */
  LOW_RANGE(
      WARNING,
      false,
      "pictures that use less than a tenth of their range",
      "are 12 bits stored in 16? stretch the values over the whole range"),
  /** Bits that a sensor's own format rotates. */
  EIGHTHS(
      WARNING,
      false,
      "depths that are multiples of 8 mm",
      "are the bits rotated by 3, as some sensors store them? turn them back: (v >> 3) | (v << 13)"),
  /** Depth of a unit other than millimetres, by its look. */
  ODD_DEPTH(
      NOTE,
      false,
      "an improbable range of depths",
      "fine if the scenes are that near or far; else write millimetres: metres times 256 are read as a"
          + " quarter of the distance, bits rotated by 3 as eight times"),
  /** A file beside the images or labels that is not read. */
  OTHER_KIND(
      NOTE,
      false,
      "pictures of kinds that are not read",
      "images are "
          + FolderFiles.PHOTOGRAPH_KINDS
          + ", labels .png, of the encoding depth also .npy, .tif, .pfm or .exr: convert these, or"
          + " they do not count"),
  /** A label that no image has the name of. */
  NO_IMAGE(
      NOTE,
      false,
      "labels that belong to no image",
      "a label has the name of its image, but for the extension: rename them, or add the images"),
  /** A label that is resized at every reading. */
  OTHER_SIZE(
      NOTE,
      false,
      "labels of another size than their image",
      "fine, they are resized as they are read; labels of the same size are read faster");

  private final Severity severity;
  private final boolean certainIfAll;
  private final String title;
  private final String cure;

  Kind(Severity severity, boolean certainIfAll, String title, String cure) {
    this.severity = severity;
    this.certainIfAll = certainIfAll;
    this.title = title;
    this.cure = cure;
  }

  /**
   * How bad it is.
   *
   * @param all true if it was found in every label of its task: what may be an odd image if it is
   *     rare is certainly a wrong label then
   */
  Severity severity(boolean all) {
    return all && certainIfAll ? ERROR : severity;
  }

  /** True if it is about the files as a whole, whatever split they are in. */
  boolean ofAllSplits() {
    return this == OTHER_KIND || this == NO_IMAGE;
  }

  /** What it is, in a few words. */
  public String title() {
    return title;
  }

  /** What to do about it. */
  public String cure() {
    return cure;
  }
}
