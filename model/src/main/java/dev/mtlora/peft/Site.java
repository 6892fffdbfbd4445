package dev.mtlora.peft;

import java.util.Locale;

/**
 * Where an adapted linear layer sits, and what it does there.
 *
 * @param stage from 0
 * @param block 0 .. blocksInStage - 1; for {@link Kind#REDUCTION} the last block
 * @param blocksInStage number of blocks of this stage
 * @param kind what the layer does, in any backbone
 * @param word what the backbone's family calls it: {@code qkv}, {@code kv}, {@code pwconv1}
 * @param in input width
 * @param out output width
 */
public record Site(
    int stage, int block, int blocksInStage, Kind kind, String word, long in, long out) {

  /** What an adaptable linear layer does. */
  public enum Kind {
    /** Makes queries, keys or values of an attention. */
    ATTENTION_IN("qkv"),
    /** Output of an attention. */
    ATTENTION_OUT("proj"),
    /** First layer of an MLP. */
    MLP_IN("fc1"),
    /** Second layer of an MLP. */
    MLP_OUT("fc2"),
    /** The dense layer between two stages. */
    REDUCTION("reduction");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** What most families call it. */
    public String word() {
      return word;
    }
  }

  /** Where the family calls the layer as most do. */
  public Site(int stage, int block, int blocksInStage, Kind kind, long in, long out) {
    this(stage, block, blocksInStage, kind, kind.word(), in, out);
  }

  /** True in the last block of its stage, where MTLoRA lets tasks fork. */
  public boolean inLastBlock() {
    return block == blocksInStage - 1;
  }

  /**
   * True if what the layer makes may differ by task while what it reads is shared: not before an
   * attention, which then runs once, and not between stages.
   */
  public boolean mayFork() {
    return kind != Kind.ATTENTION_IN && kind != Kind.REDUCTION;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "stage%d.block%d.%s", stage + 1, block + 1, word);
  }
}
