package dev.mtlora.tensor;

import com.sun.jna.NativeLibrary;
import org.bytedeco.pytorch.global.torch;

/** The environment of this process as native libraries see it; Java itself cannot change it. */
public final class Environment {
  private static final int KEEP = 0; // what is set already

  private Environment() {}

  /**
   * Gives a variable a value, unless whoever started the program gave it one. Libraries that have
   * read it before do not look again.
   */
  public static void setIfAbsent(String name, String value) {
    if (!setBeforeTorch(name, value)) {
      Engine.start();
      torch.set_env(name, value, false);
    }
  }

  /**
   * The same without loading any library of ours, by the C library's {@code setenv}.
   *
   * @return false where there is none that can be called, as on Windows
   */
  static boolean setBeforeTorch(String name, String value) {
    try {
      NativeLibrary.getProcess().getFunction("setenv").invokeInt(new Object[] {name, value, KEEP});
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }
}
