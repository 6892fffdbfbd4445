package dev.mtlora.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossTest {
  private static final double LN2 = Math.log(2);

  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  private static Tensor row(float... values) {
    return Tensor.of(values, 1, 1, 1, values.length);
  }

  @Test
  void crossEntropy_ofTwoPixelsAndOneIgnored_isTheMeanOfTwo() {
    try (Scope scope = Scope.open()) {
      // class 0 over class 1, pixel by pixel
      Tensor logits =
          Tensor.of(new float[] {0, (float) Math.log(3), 9, 0, 0, 9}, 1, 2, 1, 3)
              .requiresGrad(true);
      Tensor loss = CrossEntropy.of(logits, row(1, 0, 255));
      loss.backward();
      assertThat(loss.item()).isCloseTo((LN2 + Math.log(4.0 / 3)) / 2, within(1e-7));
      float[] grad = logits.grad().orElseThrow().toFloats();
      assertThat(grad[0]).isCloseTo(0.25f, within(1e-7f));
      assertThat(grad[1]).isCloseTo(-0.125f, within(1e-7f));
      assertThat(grad[2]).isZero();
      assertThat(grad[5]).isZero();
    }
  }

  @Test
  void balanced_ofOnePositiveAmongFour_weighsItByThreeQuarters() {
    try (Scope scope = Scope.open()) {
      Tensor loss = BinaryCrossEntropy.balanced(row(0, 0, 0, 0), row(1, 0, 0, 0));
      assertThat(loss.item()).isCloseTo((0.75 + 3 * 0.25) * LN2 / 4, within(1e-7));
    }
  }

  @Test
  void crossEntropies_ofF64Logits_roundNothingToF32() {
    try (Scope scope = Scope.open()) {
      Tensor zeros = Tensor.zeros(DType.F64, 1, 1, 1, 3);
      Tensor target = row(1, 0, 0); // shares 2/3 and 1/3
      assertThat(BinaryCrossEntropy.balanced(zeros, target).item())
          .isCloseTo(LN2 * 4 / 9, within(1e-15));
      assertThat(BinaryCrossEntropy.weighted(zeros, target, 0.95).item())
          .isCloseTo(LN2 * (0.95 + 2 * 0.05) / 3, within(1e-15));
    }
  }

  @Test
  void balanced_withIgnoredPixels_countsThemNowhere() {
    try (Scope scope = Scope.open()) {
      Tensor logits = row(0.5f, -1, 2, 8).requiresGrad(true);
      Tensor loss = BinaryCrossEntropy.balanced(logits, row(1, 0, 0, 255));
      loss.backward();
      Tensor without = BinaryCrossEntropy.balanced(row(0.5f, -1, 2), row(1, 0, 0));
      assertThat(loss.item()).isCloseTo(without.item(), within(1e-7));
      assertThat(logits.grad().orElseThrow().toFloats()[3]).isZero();
    }
  }

  @Test
  void balanced_withIgnoredAsPositive_countsThemAsPositive() {
    try (Scope scope = Scope.open()) {
      Tensor logits = row(0.5f, -1, 2, 8);
      Tensor seen = Labels.ignoredAsPositive(row(1, 0, 0, 255));
      assertThat(BinaryCrossEntropy.balanced(logits, seen).item())
          .isEqualTo(BinaryCrossEntropy.balanced(logits, row(1, 0, 0, 1)).item());
    }
  }

  @Test
  void weighted_withIgnoredPixels_dividesByTheValidOnes() {
    try (Scope scope = Scope.open()) {
      Tensor loss = BinaryCrossEntropy.weighted(row(0, 0, 7), row(1, 0, 255), 0.95);
      assertThat(loss.item()).isCloseTo(LN2 / 2, within(1e-7));
    }
  }

  @Test
  void binary_withHugeLogits_isFiniteAndLinear() {
    try (Scope scope = Scope.open()) {
      Tensor logits = row(-1000, 1000).requiresGrad(true);
      Tensor loss = BinaryCrossEntropy.weighted(logits, row(1, 0), 0.5);
      loss.backward();
      assertThat(loss.item()).isCloseTo(500, within(1e-3));
      assertThat(logits.grad().orElseThrow().toFloats()).containsExactly(-0.25f, 0.25f);
    }
  }

  @Test
  void depth_withIgnoredPixel_isTheMeanOfTheOthers() {
    try (Scope scope = Scope.open()) {
      Tensor logits = row(1, 2, 9).requiresGrad(true);
      Tensor loss = L1.of(logits, row(3, 1.5f, 255));
      loss.backward();
      assertThat(loss.item()).isEqualTo(1.25);
      assertThat(logits.grad().orElseThrow().toFloats()).containsExactly(-0.5f, 0.5f, 0);
    }
  }

  @Test
  void normals_ofAParallelVector_areZeroWhateverItsLength() {
    try (Scope scope = Scope.open()) {
      Tensor p = Tensor.of(new float[] {0, 30, 40}, 1, 3, 1, 1);
      Tensor g = Tensor.of(new float[] {0, 0.6f, 0.8f}, 1, 3, 1, 1);
      assertThat(L1.ofUnit(p, g).item()).isCloseTo(0, within(1e-7));
      assertThat(L1.ofUnit(p.negate(), g).item()).isCloseTo(2.8 / 3, within(1e-6));
    }
  }

  @Test
  void normals_ofAZeroPrediction_haveAFiniteGradient() {
    try (Scope scope = Scope.open()) {
      Tensor p = Tensor.zeros(1, 3, 2, 2).requiresGrad(true);
      Tensor g = Tensor.full(0.577, 1, 3, 2, 2);
      Tensor loss = L1.ofUnit(p, g);
      loss.backward();
      assertThat(loss.item()).isCloseTo(0.577, within(1e-6));
      for (float d : p.grad().orElseThrow().toFloats()) {
        assertThat(d).isFinite().isNegative();
      }
    }
  }

  @Test
  void losses_ofAnIgnoredBatch_areZeroWithZeroGradient() {
    for (LossGoldenTest.Loss loss : LossGoldenTest.Loss.values()) {
      if (loss == LossGoldenTest.Loss.BALANCED_REFERENCE) {
        continue; // to the reference an ignored pixel is a positive one
      }
      try (Scope scope = Scope.open()) {
        Tensor logits = Tensor.randn(new Rng(1), 2, 3, 4, 5).requiresGrad(true);
        long channels = loss == LossGoldenTest.Loss.CLASSES ? 1 : 3;
        Tensor value = loss.function.apply(logits, Tensor.full(255, 2, channels, 4, 5));
        value.backward();
        assertThat(value.item()).as(loss.name()).isZero();
        assertThat(logits.grad().orElseThrow().toFloats()).as(loss.name()).containsOnly(0f);
      }
    }
  }

  @Test
  void losses_ofBf16Logits_areComputedInF32() {
    for (LossGoldenTest.Loss loss : LossGoldenTest.Loss.values()) {
      try (Scope scope = Scope.open()) {
        Tensor logits = Tensor.randn(new Rng(2), 2, 3, 4, 5).to(DType.BF16);
        long channels = loss == LossGoldenTest.Loss.CLASSES ? 1 : 3;
        Tensor target = Tensor.uniform(new Rng(3), 0, 1, 2, channels, 4, 5).ge(0.5).to(DType.F32);
        Tensor value = loss.function.apply(logits, target);
        assertThat(value.dtype()).as(loss.name()).isEqualTo(DType.F32);
        assertThat(value.item())
            .as(loss.name())
            .isEqualTo(loss.function.apply(logits.to(DType.F32), target).item());
      }
    }
  }

  @Property(tries = 25)
  void losses_whenIgnoredPixelsAreAppended_stayTheSame(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int extra) {
    for (LossGoldenTest.Loss loss : LossGoldenTest.Loss.values()) {
      if (loss == LossGoldenTest.Loss.BALANCED_REFERENCE) {
        continue;
      }
      try (Scope scope = Scope.inference()) {
        Rng rng = new Rng(seed);
        long channels = loss == LossGoldenTest.Loss.CLASSES ? 1 : 3;
        Tensor logits = Tensor.randn(rng, 1, 3, 4, 4 + extra);
        Tensor labels = Tensor.uniform(rng, 0, 1, 1, channels, 4, 4).ge(0.5).to(DType.F32);
        Tensor target =
            Tensor.cat(List.of(labels, Tensor.full(Labels.IGNORE, 1, channels, 4, extra)), 3);
        double padded = loss.function.apply(logits, target).item();
        double cropped = loss.function.apply(logits.narrow(3, 0, 4), labels).item();
        assertThat(padded).as("%s, seed %d", loss, seed).isCloseTo(cropped, within(1e-6));
      }
    }
  }
}
