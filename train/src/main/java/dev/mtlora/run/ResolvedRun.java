package dev.mtlora.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.run.yaml.YamlText;
import java.util.List;

/**
 * A run as it was written, which others can be made of by changes.
 *
 * @param yaml what was written, with its base and changes applied and paths absolute
 * @param spec what it describes
 */
public record ResolvedRun(String yaml, RunSpec spec) {
  /**
   * The run that a base and changes describe.
   *
   * @param source of the name and the changes
   * @param base a file, relative to the source's folder, or the name of a shipped configuration
   * @param changes as {@code --set} would make them, a YAML block: a block in it replaces a block
   * @param overrides {@code key.path=value} each, after the changes
   * @throws ConfigException if it can't be read or something in it is wrong
   */
  public static ResolvedRun of(
      RunSpec.Source source, String base, String changes, List<String> overrides) {
    return RunSpec.named(
        source,
        overrides,
        () ->
            of(
                ConfigTree.changed(
                    ConfigTree.ofBase(base, source.folder()),
                    block(changes),
                    source.folder(),
                    overrides)));
  }

  /**
   * The run with changes.
   *
   * @param source of the changes
   * @param changes as {@code --set} would make them, a YAML block: a block in it replaces a block
   * @param overrides {@code key.path=value} each, after the changes
   * @throws ConfigException if something in it is wrong
   */
  public ResolvedRun changed(RunSpec.Source source, String changes, List<String> overrides) {
    return RunSpec.named(
        source,
        overrides,
        () ->
            of(
                ConfigTree.changed(
                    (ObjectNode) YamlText.read(yaml), block(changes), source.folder(), overrides)));
  }

  private static ObjectNode block(String changes) {
    if (YamlText.read(changes) instanceof ObjectNode block) {
      return block;
    }
    throw new IllegalArgumentException(
        "changes must be a block of keys and values but are: " + changes);
  }

  private static ResolvedRun of(ObjectNode tree) {
    return new ResolvedRun(YamlText.write(tree), RunSpec.of(tree));
  }
}
