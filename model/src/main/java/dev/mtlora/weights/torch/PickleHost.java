package dev.mtlora.weights.torch;

import dev.mtlora.weights.CheckpointException;
import java.util.List;

/** What a pickle machine leaves to those who know what the pickle is about. */
interface PickleHost {
  /** What a reference to something outside the pickle stands for. */
  Object persistent(Object id);

  /**
   * The result of a call.
   *
   * @throws CheckpointException if the pickle may not call this
   */
  Object call(PickleGlobal function, List<Object> arguments);
}
