package dev.mtlora.tensor;

import org.bytedeco.pytorch.global.torch;

/** The environment of this process as native libraries see it; Java itself cannot change it. */
public final class Environment {
  private Environment() {}

  /**
   * Gives a variable a value, unless whoever started the program gave it one. Libraries that have
   * read it before do not look again.
   */
  public static void setIfAbsent(String name, String value) {
    Engine.start();
    torch.set_env(name, value, false);
  }
}
