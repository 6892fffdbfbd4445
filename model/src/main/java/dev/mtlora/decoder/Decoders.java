package dev.mtlora.decoder;

import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of decoders: the names that {@code model.decoder} may have, each with the settings
 * that a configuration starts from. A new one is one line here.
 */
public final class Decoders {
  /** The decoder of a configuration that names none. */
  public static final DecoderSettings DEFAULT = new HrNetHead.Settings();

  /** All of them, by name. */
  public static final Catalogue<DecoderSettings> ALL =
      Catalogue.extended("decoder", DecoderSettings.class, members());

  private Decoders() {}

  private static Map<String, DecoderSettings> members() {
    Map<String, DecoderSettings> members = new LinkedHashMap<>();
    members.put("hrnet", DEFAULT);
    members.put("segformer", SegFormerHead.Settings.PAPER);
    members.put("aspp", AsppHead.Settings.PAPER);
    members.put("up", new UpsampleHead.Settings());
    return members;
  }

  /**
   * The kind of decoder with this id, with its usual settings.
   *
   * @throws IllegalArgumentException if there is none; the message proposes the nearest id
   */
  public static DecoderSettings of(String id) {
    return ALL.of(id);
  }

  /** All ids. */
  public static List<String> ids() {
    return ALL.ids();
  }
}
