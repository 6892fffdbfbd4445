package dev.mtlora.peft;

import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of adapter methods: the names that {@code method} may have, each with the settings
 * that a configuration starts from. A new method is one line here, or a member of an {@link
 * dev.mtlora.nn.Extension}; an id that only sets another's switches is one, too.
 */
public final class AdapterMethods {
  /** The method of a configuration that names none. */
  public static final String DEFAULT = "mtlora";

  /** All of them, by name. */
  public static final Catalogue<AdapterMethod> ALL =
      Catalogue.extended("method", AdapterMethod.class, members());

  private AdapterMethods() {}

  private static Map<String, AdapterMethod> members() {
    Map<String, AdapterMethod> members = new LinkedHashMap<>();
    members.put(DEFAULT, MtLora.PAPER);
    members.put("mtlora-plus", MtLora.PAPER.withPlus());
    members.put("mtdora", MtLora.PAPER.with(Variant.PAPER.withDora()));
    members.put("mtlora-shrinking", MtLora.PAPER.with(Variant.PAPER.with(RankShrinking.USUAL)));
    members.put("full", new FullFineTuning());
    members.put("frozen", new Frozen());
    members.put("bitfit", new BitFit());
    members.put("adapter", new Adapter(4, Adapter.Sharing.SINGLE));
    members.put("adapter-per-task", new Adapter(4, Adapter.Sharing.MULTIPLE));
    members.put("vl-adapter", new Adapter(4, Adapter.Sharing.HALF_SHARED));
    members.put("lora", new Lora(16, 4, Slot.OF_BLOCKS, false));
    members.put("lora-per-task", new Lora(16, 4, Slot.OF_BLOCKS, true));
    members.put("compacter", new Compacter(8, 4, 1, false));
    members.put("compacter++", new Compacter(8, 4, 1, true));
    members.put("vpt-shallow", new Vpt(10, false));
    members.put("vpt-deep", new Vpt(10, true));
    members.put("hyperformer++", new HyperFormer(16, 16));
    members.put("polyhistor", new Polyhistor(4, 2, 8, false));
    members.put("polyhistor-lite", new Polyhistor(4, 2, 8, true));
    return members;
  }

  /** All names. */
  public static List<String> ids() {
    return ALL.ids();
  }

  /**
   * A method with its usual settings.
   *
   * @throws IllegalArgumentException if there is none of this name; proposes the nearest
   */
  public static AdapterMethod of(String id) {
    return ALL.of(id);
  }
}
