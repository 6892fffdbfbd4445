package dev.mtlora.testing;

import java.nio.charset.Charset;

/** Names of files that tests make. */
public final class FileNames {
  private FileNames() {}

  /**
   * The name as it is, or with an x in the place of every letter that the locale of this process
   * cannot write: Java then cannot make such a file.
   */
  public static String of(String name) {
    boolean any =
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode(name);
    return any ? name : name.replaceAll("[^ -~]", "x");
  }
}
