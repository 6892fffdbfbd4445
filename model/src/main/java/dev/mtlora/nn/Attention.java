package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Recording;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Multi-head attention (Vaswani et al. 2017): {@code softmax(s Q K^T + bias) V}. */
public final class Attention {
  private static final double SHORTEST = 1e-12;
  private static final long MOST_SCORES = 1L << 26; // 256 MB in f32

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
    Tensor split = split(qkv, heads);
    Tensor q = split.select(0, 0).times(scale);
    return attended(q, split.select(0, 1), split.select(0, 2), bias);
  }

  /**
   * The same with cosines of queries and keys in place of their products, {@code softmax(s cos(Q,
   * K) + bias) V} (Liu et al. 2022, arXiv 2111.09883, section 3.3); what is shorter than 1e-12
   * counts as that long.
   *
   * @param scale s of every head, {@code [heads, 1, 1]}
   */
  public static Tensor ofCosines(Tensor qkv, Tensor scale, Tensor bias) {
    Tensor split = split(qkv, (int) scale.size(0));
    Tensor q = unit(split.select(0, 0)).times(scale);
    return attended(q, unit(split.select(0, 1)), split.select(0, 2), bias);
  }

  /** {@code [B, N, 3 C] -> [3, B, heads, N, C / heads]}. */
  private static Tensor split(Tensor qkv, int heads) {
    return qkv // copied once, where products of views would copy each factor
        .view(qkv.size(0), qkv.size(1), 3, heads, qkv.size(-1) / 3 / heads)
        .permute(2, 0, 3, 1, 4)
        .contiguous();
  }

  private static Tensor unit(Tensor x) {
    Tensor exact = x.atLeastF32();
    Tensor length = exact.norm(-1, true).clamp(SHORTEST, Double.POSITIVE_INFINITY);
    return exact.dividedBy(length);
  }

  /** {@code [B, heads, N, C / heads]} each, to {@code [B, N, C]}. */
  private static Tensor attended(Tensor q, Tensor k, Tensor v, Tensor bias) {
    Tensor scores = q.matmul(k.transpose(-2, -1)); // B, heads, N, N
    return Functional.softmax(biased(scores, bias))
        .matmul(v) // B, heads, N, C/heads
        .transpose(1, 2)
        .reshape(q.size(0), q.size(2), -1);
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
    return of(q, kv, heads, scale, MOST_SCORES);
  }

  /**
   * The same with so many scores at a time.
   *
   * @param most scores that are kept at once where no gradient is
   */
  static Tensor of(Tensor q, Tensor kv, int heads, double scale, long most) {
    long batch = q.size(0);
    long channels = q.size(-1);
    Tensor queries =
        q.reshape(batch, -1, heads, channels / heads).transpose(1, 2).contiguous().times(scale);
    Tensor split =
        kv.reshape(batch, -1, 2, heads, channels / heads)
            .permute(2, 0, 3, 1, 4) // 2, B, heads, M, C/heads
            .contiguous();
    return byQueries(queries, split.select(0, 0), split.select(0, 1), most) // B, heads, N, C/heads
        .transpose(1, 2)
        .reshape(batch, -1, channels);
  }

  /**
   * Where no gradient is kept, so many queries at a time that their scores stay small. A recording
   * is for any number of sequences, so that its parts are those of one.
   */
  private static Tensor byQueries(Tensor q, Tensor k, Tensor v, long mostScores) {
    long sequences = Recording.isOpen() ? 1 : q.size(0);
    long others = sequences * q.size(1) * k.size(2);
    long most = Math.max(1, mostScores / others);
    boolean keeps = Stream.of(q, k, v).anyMatch(Tensor::requiresGrad);
    if (keeps || q.size(2) <= most) {
      return weighed(q, k, v);
    }
    List<Tensor> parts = new ArrayList<>();
    for (long from = 0; from < q.size(2); from += most) {
      Tensor part = q.narrow(2, from, Math.min(most, q.size(2) - from));
      parts.add(Scope.result(() -> weighed(part, k, v)));
    }
    return Tensor.cat(parts, 2);
  }

  private static Tensor weighed(Tensor q, Tensor k, Tensor v) {
    return Functional.softmax(q.matmul(k.transpose(-2, -1))).matmul(v); // B, heads, N, C/heads
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
