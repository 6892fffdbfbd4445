package dev.mtlora.data;

/**
 * Where the labels of one task lie and how they are written.
 *
 * @param folder below the dataset's root; holds a file for each image, and none for one without
 *     this label
 * @param naming what stands around the id of the image in the names of the files
 * @param encoding what the numbers in the files mean
 */
public record LabelFolder(String folder, FileNaming naming, Encoding encoding) {
  /** Checks the name. */
  public LabelFolder {
    if (folder.isBlank()) {
      throw new IllegalArgumentException("a label folder needs a name");
    }
    if (encoding instanceof CocoEncoding && !naming.equals(FileNaming.PLAIN)) {
      throw new IllegalArgumentException(
          "labels in COCO's annotation files have no prefix and suffix: the file names the pictures");
    }
  }

  /** Of files with the names of their images. */
  public LabelFolder(String folder, Encoding encoding) {
    this(folder, FileNaming.PLAIN, encoding);
  }
}
