package dev.mtlora.decoder;

import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The catalogue of decoders: the ids that a configuration may name. */
public final class Decoders {
  private static final Catalogue<Decoder.Factory> ALL = new Catalogue<>("decoder", members());

  private Decoders() {}

  private static Map<String, Decoder.Factory> members() {
    Map<String, Decoder.Factory> members = new LinkedHashMap<>();
    members.put("hrnet", HrNetHead::new);
    members.put("segformer", SegFormerHead::new);
    members.put("aspp", AsppHead::new);
    members.put("up", UpsampleHead::new);
    return members;
  }

  /**
   * The kind of decoder with this id.
   *
   * @throws IllegalArgumentException if there is none; the message proposes the nearest id
   */
  public static Decoder.Factory of(String id) {
    return ALL.of(id);
  }

  /** All ids. */
  public static List<String> ids() {
    return ALL.ids();
  }
}
