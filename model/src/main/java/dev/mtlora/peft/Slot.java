package dev.mtlora.peft;

import dev.mtlora.nn.Catalogue;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A name of linear layers that a method adapts: the word of a {@link Site.Kind}, which means all
 * layers of that kind in any backbone ({@code qkv, proj, fc1, fc2, reduction}), or a family's own
 * word for some of them ({@code q}, {@code kv}, {@code pwconv1}).
 *
 * @param word the name
 */
public record Slot(String word) implements Comparable<Slot> {
  /** Queries, keys and values of an attention, however many layers make them. */
  public static final Slot QKV = of(Site.Kind.ATTENTION_IN);

  /** Output of an attention; the first place where tasks can fork. */
  public static final Slot PROJ = of(Site.Kind.ATTENTION_OUT);

  /** First layer of an MLP. */
  public static final Slot FC1 = of(Site.Kind.MLP_IN);

  /** Second layer of an MLP. */
  public static final Slot FC2 = of(Site.Kind.MLP_OUT);

  /** The dense layer between two stages. */
  public static final Slot REDUCTION = of(Site.Kind.REDUCTION);

  /** The four of a block, without the reduction. */
  public static final Set<Slot> OF_BLOCKS = set(List.of(QKV, PROJ, FC1, FC2));

  private static final List<Slot> GENERAL = List.of(QKV, PROJ, FC1, FC2, REDUCTION);
  private static final int LONGEST = 32;

  /** Checks that it can be a word. */
  public Slot {
    if (word.isEmpty() || word.length() > LONGEST || !word.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "slots names layers by words such as %s, but has '%s'",
              GENERAL,
              word.substring(0, Math.min(word.length(), LONGEST))));
    }
  }

  private static Slot of(Site.Kind kind) {
    return new Slot(kind.word());
  }

  /** The slot with this name, whether a backbone has it or not. */
  public static Slot parse(String word) {
    return new Slot(word);
  }

  /** All kinds of layers. */
  public static List<Slot> all() {
    return GENERAL;
  }

  /** A copy in order, which cannot be changed. */
  static Set<Slot> set(Collection<Slot> slots) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(new TreeSet<>(slots)));
  }

  /** True if it names this layer. */
  public boolean names(Site site) {
    return word.equals(site.word()) || word.equals(site.kind().word());
  }

  /** True if one of them names this layer. */
  static boolean anyNames(Collection<Slot> slots, Site site) {
    return slots.stream().anyMatch(slot -> slot.names(site));
  }

  /**
   * Fails if a name is none of a backbone's layers; but the names of all kinds of layers in blocks
   * together mean those that there are.
   */
  static void requireIn(Collection<Slot> slots, List<Site> sites) {
    for (Slot slot : slots) {
      boolean found = sites.stream().anyMatch(slot::names);
      boolean optional = OF_BLOCKS.contains(slot) && slots.containsAll(OF_BLOCKS);
      if (!found && !optional) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "slots: '%s' names no layer of this backbone, which has %s: did you mean '%s'?",
                slot,
                String.join(", ", words(sites)),
                Catalogue.nearest(slot.word, words(sites))));
      }
    }
  }

  /** The family's words for its layers, in the order in which they are made. */
  static Set<String> words(List<Site> sites) {
    Set<String> words = new LinkedHashSet<>();
    sites.forEach(site -> words.add(site.word()));
    return words;
  }

  /** By what layers do; the words of families come last, by their letters. */
  @Override
  public int compareTo(Slot other) {
    return Comparator.<Slot>comparingInt(slot -> position(slot.word))
        .thenComparing(Slot::word)
        .compare(this, other);
  }

  private static int position(String word) {
    for (Site.Kind kind : Site.Kind.values()) {
      if (kind.word().equals(word)) {
        return kind.ordinal();
      }
    }
    return Site.Kind.values().length;
  }

  @Override
  public String toString() {
    return word;
  }
}
