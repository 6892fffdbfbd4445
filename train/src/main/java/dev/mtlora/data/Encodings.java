package dev.mtlora.data;

import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Plug;
import dev.mtlora.nn.Plug.Member;
import dev.mtlora.spec.bind.Bind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The catalogue of encodings: the names that {@code encoding} of labels may have. */
public final class Encodings {
  /** The name of {@link ColouredClasses}. */
  public static final String COLOURS = "colours";

  /** Names them in configurations. */
  public static final Plug<Encoding> PLUG =
      new Plug<>(Encoding.class, "encoding", new Catalogue<>("encoding", members()), "");

  private static final Bind BIND = new Bind(List.of(PLUG));

  private Encodings() {}

  private static Map<String, Member<Encoding>> members() {
    Map<String, Member<Encoding>> members = new LinkedHashMap<>();
    members.put("index", new Member<>(Encoding.Index.class, null));
    members.put("depth_mm", new Member<>(Encoding.DepthMm.class, new Encoding.DepthMm()));
    members.put("depth", new Member<>(ScaledDepth.class, new ScaledDepth()));
    members.put("normals_rgb", new Member<>(Encoding.NormalsRgb.class, null));
    members.put(COLOURS, new Member<>(ColouredClasses.class, null));
    members.put("coco_panoptic", new Member<>(CocoPanoptic.class, null));
    members.put("coco_instances", new Member<>(CocoInstances.class, null));
    members.put("mask", new Member<>(Encoding.Mask.class, new Encoding.Mask()));
    return members;
  }

  /** The name of an encoding. */
  static String nameOf(Encoding encoding) {
    return BIND.name(Encoding.class, encoding);
  }
}
