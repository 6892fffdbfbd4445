package dev.mtlora.weights;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRules;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Gives tensors with our names the names of a family. */
final class KeyWriter {
  private static final String BACKBONE = "backbone.";

  private static final String ADAPTER =
      "is an adapter, which a plain backbone has not; merge it first to keep what it has learnt, where the method's adapters can be merged";
  private static final String HEAD = "is a neck or decoder, which a plain backbone has not";
  static final String CLASSIFIER =
      "belongs to a classifier; a pyramid has no final norm and no head";

  private final MappedSource mapped;
  private final KeyMap map;
  private final KeyRules rules;
  private final boolean whole;
  private final boolean classifier;

  private KeyWriter(TensorSource ours, KeyMap map, Names family) {
    this.mapped = new MappedSource(ours);
    this.map = map;
    this.rules = map.rules(family);
    this.whole = ours.entries().keySet().stream().anyMatch(name -> name.startsWith(BACKBONE));
    this.classifier = ours.entries().keySet().stream().anyMatch(name -> name.startsWith("head."));
  }

  static MappedSource write(TensorSource ours, KeyMap map) {
    Names family = Families.of(ours.entries().keySet()).orElse(Families.all().get(0));
    KeyWriter writer = new KeyWriter(ours, map, family);
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
    Optional<List<String>> apart = rules.apart(name);
    if (apart.isEmpty()) {
      mapped.rename(theirs(name), from);
      return;
    }
    List<String> parts = apart.get();
    for (int i = 0; i < parts.size(); i++) {
      mapped.part(theirs(parts.get(i)), from, i, parts.size());
    }
  }

  private String theirs(String name) {
    String theirs =
        rules
            .fromOurs(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        String.format(
                            Locale.ROOT, "'%s' has no name in files of %s", name, rules.title())));
    boolean prefixed = map == KeyMap.HUGGING_FACE && classifier && !name.startsWith("head.");
    return prefixed ? rules.prefix() + theirs : theirs;
  }
}
