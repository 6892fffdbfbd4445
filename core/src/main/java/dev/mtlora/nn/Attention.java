package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/** Multi-head attention (Vaswani et al. 2017): {@code softmax(s Q K^T + bias) V}. */
public final class Attention {
  private Attention() {}

  /**
   * The attention of every sequence of a batch.
   *
   * @param qkv queries, keys and values behind each other, each head by head: {@code [B, N, 3 C]}
   * @param heads a divisor of C
   * @param scale s, usually {@code 1 / sqrt(C / heads)}
   * @param bias {@code [heads, N, N]}, or {@code [W, heads, N, N]} where B is a multiple of W and
   *     sequence b has the bias of b mod W
   * @return {@code [B, N, C]}
   */
  public static Tensor of(Tensor qkv, int heads, double scale, Tensor bias) {
    long batch = qkv.size(0);
    long tokens = qkv.size(1);
    long channels = qkv.size(-1) / 3;
    Tensor split = // copied once, where products of views would copy each factor
        qkv.view(batch, tokens, 3, heads, channels / heads)
            .permute(2, 0, 3, 1, 4) // 3, B, heads, N, C/heads
            .contiguous();
    Tensor q = split.select(0, 0).times(scale);
    Tensor scores = q.matmul(split.select(0, 1).transpose(-2, -1)); // B, heads, N, N
    Tensor weights = Functional.softmax(biased(scores, bias));
    return weights
        .matmul(split.select(0, 2)) // B, heads, N, C/heads
        .transpose(1, 2)
        .reshape(batch, tokens, channels);
  }

  /**
   * The attention of every sequence of a batch to another, without a bias.
   *
   * @param q queries, head by head: {@code [B, N, C]}
   * @param kv keys and values behind each other, each head by head: {@code [B, M, 2 C]}
   * @param heads a divisor of C
   * @param scale s, usually {@code 1 / sqrt(C / heads)}
   * @return {@code [B, N, C]}
   */
  public static Tensor of(Tensor q, Tensor kv, int heads, double scale) {
    long batch = q.size(0);
    long channels = q.size(-1);
    Tensor queries =
        q.reshape(batch, -1, heads, channels / heads).transpose(1, 2).contiguous().times(scale);
    Tensor split =
        kv.reshape(batch, -1, 2, heads, channels / heads)
            .permute(2, 0, 3, 1, 4) // 2, B, heads, M, C/heads
            .contiguous();
    Tensor scores = queries.matmul(split.select(0, 0).transpose(-2, -1)); // B, heads, N, M
    return Functional.softmax(scores)
        .matmul(split.select(0, 1)) // B, heads, N, C/heads
        .transpose(1, 2)
        .reshape(batch, -1, channels);
  }

  private static Tensor biased(Tensor scores, Tensor bias) {
    if (bias.rank() == 3) {
      return scores.plus(bias);
    }
    return scores
        .view(-1, bias.size(0), scores.size(1), scores.size(-1), scores.size(-1))
        .plus(bias)
        .view(scores.shape());
  }
}
