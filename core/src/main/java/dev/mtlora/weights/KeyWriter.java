package dev.mtlora.weights;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives tensors with our names the names of a family. */
final class KeyWriter {
  private static final String BACKBONE = "backbone.";
  private static final Pattern QKV = Pattern.compile("(.*\\.attn\\.)qkv(\\.(?:weight|bias))");

  private static final String ADAPTER =
      "is an adapter, which a plain backbone has not; merge it first to keep what it has learnt, where the method's adapters can be merged";
  private static final String HEAD = "is a neck or decoder, which a plain backbone has not";
  static final String CLASSIFIER =
      "belongs to a classifier; a pyramid has no final norm and no head";

  private final MappedSource mapped;
  private final KeyMap map;
  private final boolean whole;
  private final boolean classifier;

  private KeyWriter(TensorSource ours, KeyMap map) {
    this.mapped = new MappedSource(ours);
    this.map = map;
    this.whole = ours.entries().keySet().stream().anyMatch(name -> name.startsWith(BACKBONE));
    this.classifier = ours.entries().keySet().stream().anyMatch(name -> name.startsWith("head."));
  }

  static MappedSource write(TensorSource ours, KeyMap map) {
    KeyWriter writer = new KeyWriter(ours, map);
    ours.entries().keySet().forEach(map.isPlainBackbone() ? writer::addPlain : writer::addWhole);
    return writer.mapped;
  }

  private void addWhole(String name) {
    if (!whole && (name.startsWith("norm.") || name.startsWith("head."))) {
      mapped.leaveOut(name, CLASSIFIER);
    } else {
      mapped.rename(name, name);
    }
  }

  private void addPlain(String from) {
    if (whole && !from.startsWith(BACKBONE)) {
      mapped.leaveOut(from, HEAD);
    } else if (AddedNames.isAdded(from)) {
      mapped.leaveOut(from, ADAPTER);
    } else {
      String name = whole ? from.substring(BACKBONE.length()) : from;
      addBackbone(name.replace(".linear.", "."), from);
    }
  }

  private void addBackbone(String name, String from) {
    Matcher qkv = QKV.matcher(name);
    if (map != KeyMap.HUGGING_FACE || !qkv.matches()) {
      mapped.rename(theirs(name), from);
      return;
    }
    int parts = KeyMap.QUERY_KEY_VALUE.size();
    for (int i = 0; i < parts; i++) {
      String part = qkv.group(1) + KeyMap.QUERY_KEY_VALUE.get(i) + qkv.group(2);
      mapped.part(theirs(part), from, i, parts);
    }
  }

  private String theirs(String name) {
    String theirs = map.fromOurs(name);
    boolean prefixed = map == KeyMap.HUGGING_FACE && classifier && !name.startsWith("head.");
    return prefixed ? HuggingFaceNames.PREFIX + theirs : theirs;
  }
}
