package dev.mtlora.data;

/**
 * Where the images lie.
 *
 * @param folder below the dataset's root
 * @param naming what stands around the id of an image in the name of its file
 * @param subfolders true if images and labels may lie in folders below, of the same names
 */
public record ImageFolder(String folder, FileNaming naming, boolean subfolders) {
  /** Of files that are named by their ids, all in one folder. */
  public ImageFolder(String folder) {
    this(folder, FileNaming.PLAIN, false);
  }
}
