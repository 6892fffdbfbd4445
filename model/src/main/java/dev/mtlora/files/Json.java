package dev.mtlora.files;

/**
 * A JSON value inside a file of ours whose content the file's reader has no need to know.
 *
 * @param text the value, without the white space between its parts
 */
public record Json(String text) {
  @Override
  public String toString() {
    return text;
  }
}
