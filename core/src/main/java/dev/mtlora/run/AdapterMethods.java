package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.YamlText;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.peft.Adapter;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.BitFit;
import dev.mtlora.peft.Frozen;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.HyperFormer;
import dev.mtlora.peft.Polyhistor;
import dev.mtlora.peft.Vpt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of adapter methods: the names that {@code method} may have, and how the settings of
 * each are read. A new method is one line here.
 */
public final class AdapterMethods {
  /** The method of a configuration that names none. */
  static final String DEFAULT = "mtlora";

  private static final Catalogue<Reader> ALL = new Catalogue<>("method", members());

  private AdapterMethods() {}

  /** Reads the settings of one method. */
  @FunctionalInterface
  interface Reader {
    AdapterMethod read(YamlBlock yaml, Target target);
  }

  /**
   * What a method is asked to adapt.
   *
   * @param stages of the backbone
   * @param tasks names, in order
   * @param reference true for the reference implementation's behaviour where ours differs
   */
  public record Target(int stages, List<String> tasks, boolean reference) {
    /** Copies the names. */
    public Target {
      tasks = List.copyOf(tasks);
    }
  }

  private static Map<String, Reader> members() {
    Map<String, Reader> members = new LinkedHashMap<>();
    members.put("mtlora", MtLoraYaml::read);
    members.put("mtlora-plus", mtloraWith("plus", "true"));
    members.put("mtdora", mtloraWith("dora", "true"));
    members.put("mtlora-shrinking", mtloraWith("shrink", "{}"));
    members.put("full", (yaml, target) -> plain(yaml, new FullFineTuning()));
    members.put("frozen", (yaml, target) -> plain(yaml, new Frozen()));
    members.put("bitfit", (yaml, target) -> plain(yaml, new BitFit()));
    members.put("adapter", (yaml, target) -> adapter(yaml, Adapter.Sharing.SINGLE));
    members.put("adapter-per-task", (yaml, target) -> adapter(yaml, Adapter.Sharing.MULTIPLE));
    members.put("vl-adapter", (yaml, target) -> adapter(yaml, Adapter.Sharing.HALF_SHARED));
    members.put("lora", (yaml, target) -> LoraYaml.read(yaml, false));
    members.put("lora-per-task", (yaml, target) -> LoraYaml.read(yaml, true));
    members.put("compacter", (yaml, target) -> CompacterYaml.read(yaml, false));
    members.put("compacter++", (yaml, target) -> CompacterYaml.read(yaml, true));
    members.put("vpt-shallow", (yaml, target) -> vpt(yaml, false));
    members.put("vpt-deep", (yaml, target) -> vpt(yaml, true));
    members.put("hyperformer++", (yaml, target) -> hyperFormer(yaml));
    members.put("polyhistor", (yaml, target) -> polyhistor(yaml, false));
    members.put("polyhistor-lite", (yaml, target) -> polyhistor(yaml, true));
    return members;
  }

  /** MTLoRA with a setting that a configuration need not name. */
  private static Reader mtloraWith(String key, String value) {
    return (yaml, target) -> MtLoraYaml.readWith(key, YamlText.read(value), yaml, target);
  }

  /** A method without settings. */
  private static AdapterMethod plain(YamlBlock yaml, AdapterMethod method) {
    yaml.allow("name");
    return method;
  }

  private static AdapterMethod adapter(YamlBlock yaml, Adapter.Sharing sharing) {
    yaml.allow("name", "reduction");
    return new Adapter(yaml.count("reduction", 4), sharing);
  }

  private static AdapterMethod vpt(YamlBlock yaml, boolean deep) {
    yaml.allow("name", "prompts");
    return new Vpt(yaml.count("prompts", 10), deep);
  }

  private static AdapterMethod hyperFormer(YamlBlock yaml) {
    yaml.allow("name", "reduction", "embedding");
    return new HyperFormer(yaml.count("reduction", 16), yaml.count("embedding", 16));
  }

  private static AdapterMethod polyhistor(YamlBlock yaml, boolean lite) {
    yaml.allow("name", "reduction", "rank", "embedding");
    return new Polyhistor(
        yaml.count("reduction", 4), yaml.count("rank", 2), yaml.count("embedding", 8), lite);
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
  public static AdapterMethod of(String id, Target target) {
    return ALL.of(id).read(new YamlBlock(YamlText.read(""), "method"), target);
  }

  /** Reads the block {@code method}. */
  static AdapterMethod read(YamlBlock yaml, Target target) {
    String name = yaml.word("name", DEFAULT, ids());
    return yaml.build(() -> ALL.of(name).read(yaml, target));
  }
}
