package dev.mtlora.data;

import java.util.Locale;
import java.util.Optional;

/**
 * What stands before and behind the id of an image in the names of files.
 *
 * @param prefix before the id, for instance {@code rgb_}
 * @param suffix behind it, before the extension, for instance {@code _leftImg8bit}
 */
public record FileNaming(String prefix, String suffix) {
  /** A name is the id. */
  public static final FileNaming PLAIN = new FileNaming("", "");

  /** Checks that neither leads into another folder. */
  public FileNaming {
    if (!(prefix + suffix).matches("[^/\\\\]*")) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "prefix '%s' and suffix '%s' are parts of a file's name, which has no slash: folders"
                  + " belong into folder",
              prefix,
              suffix));
    }
  }

  /**
   * The id in the name of a file.
   *
   * @param path below the folder that was listed, with slashes, without extension
   */
  Optional<String> id(String path) {
    int name = path.lastIndexOf('/') + 1;
    String rest = path.substring(name);
    boolean fits =
        rest.length() >= prefix.length() + suffix.length()
            && rest.startsWith(prefix)
            && rest.endsWith(suffix);
    return fits
        ? Optional.of(
            path.substring(0, name)
                + rest.substring(prefix.length(), rest.length() - suffix.length()))
        : Optional.empty();
  }

  /** The name of the file of an image, without extension. */
  String path(String id) {
    int name = id.lastIndexOf('/') + 1;
    return id.substring(0, name) + prefix + id.substring(name) + suffix;
  }
}
