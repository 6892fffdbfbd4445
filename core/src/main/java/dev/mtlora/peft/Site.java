package dev.mtlora.peft;

/**
 * Where an adapted linear layer sits.
 *
 * @param stage 0 .. 3
 * @param block 0 .. blocksInStage - 1; for {@link Slot#REDUCTION} the last block
 * @param blocksInStage number of blocks of this stage
 * @param slot which layer of the block
 * @param in input width
 * @param out output width
 */
public record Site(int stage, int block, int blocksInStage, Slot slot, long in, long out) {
  /** True in the last block of its stage, where MTLoRA lets tasks fork. */
  public boolean inLastBlock() {
    return block == blocksInStage - 1;
  }
}
