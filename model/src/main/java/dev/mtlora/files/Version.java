package dev.mtlora.files;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** The version of this library, which files that it writes are marked with. */
public final class Version {
  private Version() {}

  /** As the build names it. */
  public static String text() {
    Optional<String> packaged =
        Optional.ofNullable(Version.class.getPackage().getImplementationVersion());
    return packaged
        .or(
            () ->
                Optional.ofNullable(Version.class.getModule().getDescriptor())
                    .flatMap(ModuleDescriptor::rawVersion))
        .orElse("(development)");
  }
}
