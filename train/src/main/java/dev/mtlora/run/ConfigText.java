package dev.mtlora.run;

import dev.mtlora.run.yaml.YamlText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** The text of a file of configuration. */
public final class ConfigText {
  private ConfigText() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException if it is missing, too large to be a configuration, or no text
   */
  public static String of(Path file) {
    try {
      if (Files.size(file) > YamlText.MOST) {
        throw new ConfigException(
            String.format(
                Locale.ROOT,
                "%s has %,d bytes, and a configuration has at most %,d; is it another file?",
                file,
                Files.size(file),
                YamlText.MOST));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + " does not exist; check the name and the folder", e);
    } catch (CharacterCodingException e) {
      throw new ConfigException(
          file
              + " is no text in UTF-8; a configuration is a YAML file, for instance those in configs/",
          e);
    } catch (IOException e) {
      throw new ConfigException(file + " could not be read (" + e + ")", e);
    }
  }
}
