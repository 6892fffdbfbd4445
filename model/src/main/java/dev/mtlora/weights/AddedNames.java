package dev.mtlora.weights;

import java.util.List;
import java.util.Optional;

/**
 * How the parameters that methods add to a backbone are told from those it has of itself, by name:
 * {@code lora_*} beside a linear layer, {@code adapter1} and {@code adapter2} of a block ({@link
 * dev.mtlora.peft.Insert}), its {@code prompts} ({@link dev.mtlora.peft.Prompts}), and all of
 * {@code adaptation}, which sites share.
 */
public final class AddedNames {
  private static final List<String> MARKS =
      List.of(".lora_", ".adapter1.", ".adapter2.", ".prompts.", ".adaptation.");

  private AddedNames() {}

  /**
   * True if a method has added the parameter.
   *
   * @param parameter dotted name in the backbone or in a model
   */
  public static boolean isAdded(String parameter) {
    String name = "." + parameter;
    return MARKS.stream().anyMatch(name::contains);
  }

  /** The task that an added parameter belongs to; the name of the task is a part of its name. */
  public static Optional<String> task(String parameter, List<String> tasks) {
    List<String> parts = List.of(parameter.split("\\."));
    return tasks.stream().filter(parts::contains).findFirst();
  }
}
