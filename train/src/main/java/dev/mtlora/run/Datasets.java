package dev.mtlora.run;

import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Plug;
import dev.mtlora.nn.Plug.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of data sources: the kinds that {@code data} may have. A new kind is one line here.
 */
public final class Datasets {
  /** Names them in configurations. */
  static final Plug<DataSource> PLUG =
      new Plug<>(DataSource.class, "kind", new Catalogue<>("kind of data", members()), "scenes");

  private Datasets() {}

  private static Map<String, Member<DataSource>> members() {
    Map<String, Member<DataSource>> members = new LinkedHashMap<>();
    members.put("folder", new Member<>(FolderSource.class, null));
    members.put("scenes", new Member<>(ScenesSource.class, new ScenesSource()));
    members.put("pascal", new Member<>(PascalSource.class, null));
    members.put("nyud", new Member<>(NyudSource.class, null));
    members.put("mixed", new Member<>(MixedSource.class, null));
    return members;
  }

  /** All kinds. */
  public static List<String> ids() {
    return PLUG.members().ids();
  }
}
