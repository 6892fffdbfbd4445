package dev.mtlora.data;

/**
 * Where the labels of one task lie and how they are written.
 *
 * @param folder below the dataset's root; holds {@code <id>.png}, and none for an image without
 *     this label
 * @param encoding what the numbers in the PNG mean
 */
public record LabelFolder(String folder, Encoding encoding) {
  public LabelFolder {
    if (folder.isBlank()) {
      throw new IllegalArgumentException("a label folder needs a name");
    }
  }
}
