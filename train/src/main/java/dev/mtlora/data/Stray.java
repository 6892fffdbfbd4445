package dev.mtlora.data;

/**
 * A file that lies among those of a dataset, and that the dataset does not use.
 *
 * @param why it does not
 * @param task among whose labels it lies; empty if it lies among the images
 * @param file name, with that of its folder
 */
public record Stray(Why why, String task, String file) {
  /** What keeps a file from being used. */
  public enum Why {
    /** It is a picture of a kind that is not read there. */
    OTHER_KIND,
    /** It is a label, but no image has its name. */
    NO_IMAGE
  }
}
