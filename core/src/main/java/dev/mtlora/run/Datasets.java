package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of data sources: the kinds that {@code data} may have, and how each is read. A new
 * kind is one line here.
 */
public final class Datasets {
  private static final Catalogue<Reader> ALL = new Catalogue<>("kind of data", members());

  private Datasets() {}

  @FunctionalInterface
  interface Reader {
    DataSource read(YamlBlock yaml);
  }

  private static Map<String, Reader> members() {
    Map<String, Reader> members = new LinkedHashMap<>();
    members.put("folder", FolderSource::read);
    members.put("scenes", ScenesSource::read);
    members.put("pascal", PascalSource::read);
    members.put("nyud", NyudSource::read);
    members.put(MixedSource.KIND, MixedSource::read);
    return members;
  }

  /** All kinds. */
  public static List<String> ids() {
    return ALL.ids();
  }

  /** Reads the block {@code data}. */
  static DataSource read(YamlBlock yaml) {
    String kind = yaml.word("kind", "scenes", ids());
    return yaml.build(() -> ALL.of(kind).read(yaml));
  }
}
