package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ParameterTest {
  private static Set<Parameter.Role> roles(Predicate<Parameter.Role> condition) {
    return EnumSet.allOf(Parameter.Role.class).stream()
        .filter(condition)
        .collect(Collectors.toSet());
  }

  @Test
  void role_everyOne_isWhatItsNameSays() {
    assertThat(roles(Parameter.Role::isNorm))
        .containsExactlyInAnyOrder(Parameter.Role.NORM, Parameter.Role.NORM_BIAS);
    assertThat(roles(Parameter.Role::isShift))
        .containsExactlyInAnyOrder(Parameter.Role.BIAS, Parameter.Role.NORM_BIAS);
    assertThat(roles(Parameter.Role::isBias))
        .containsExactlyInAnyOrder(
            Parameter.Role.BIAS, Parameter.Role.NORM_BIAS, Parameter.Role.POSITION_BIAS);
  }

  /** Tables of positions included; vectors and what is added to outputs never. */
  @Test
  void decays_byShapeAndRole_areMatricesThatAreNotAdded() {
    try (Scope scope = Scope.inference()) {
      Tensor vector = Tensor.zeros(3);
      Tensor matrix = Tensor.zeros(3, 2);
      for (Parameter.Role role : Parameter.Role.values()) {
        assertThat(new Parameter(vector, role).decays()).as("%s, a vector", role).isFalse();
        assertThat(new Parameter(matrix, role).decays())
            .as("%s, a matrix", role)
            .isEqualTo(role != Parameter.Role.BIAS && role != Parameter.Role.NORM_BIAS);
      }
    }
  }

  @Test
  void decays_whereTheModuleSaysNever_isFalse() {
    try (Scope scope = Scope.inference()) {
      Parameter parameter = new Parameter(Tensor.zeros(3, 2), Parameter.Role.POSITION_BIAS);
      assertThat(parameter.decays()).isTrue();
      parameter.neverDecays();
      assertThat(parameter.decays()).isFalse();
    }
  }

  @Test
  void keep_somePositions_shrinksTheTensorAndTellsTheLastListener() {
    try (Scope scope = Scope.inference()) {
      Tensor value = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Parameter parameter = new Parameter(value, Parameter.Role.WEIGHT);
      parameter.keep(0, 0, 1); // nobody listens yet
      List<String> heard = new ArrayList<>();
      parameter.listen((dimension, kept) -> heard.add("first"));
      parameter.listen((dimension, kept) -> heard.add(dimension + " " + List.of(kept[0], kept[1])));
      parameter.keep(1, 0, 2);
      assertThat(parameter.tensor()).isSameAs(value);
      assertThat(value.shape()).containsExactly(2, 2);
      assertThat(value.toFloats()).containsExactly(1, 3, 4, 6);
      assertThat(heard).containsExactly("1 [0, 2]");
    }
  }

  @Test
  void largest_given_isACopy() {
    try (Scope scope = Scope.inference()) {
      Parameter parameter = new Parameter(Tensor.zeros(2), Parameter.Role.WEIGHT);
      assertThat(parameter.largest()).isEmpty();
      long[] shape = {8};
      parameter.shrinksFrom(shape);
      shape[0] = 1;
      parameter.largest().orElseThrow()[0] = 2;
      assertThat(parameter.largest().orElseThrow()).containsExactly(8);
    }
  }

  @Test
  void parameter_new_isOfTheBlocksAndRounds() {
    try (Scope scope = Scope.inference()) {
      Parameter parameter = new Parameter(Tensor.zeros(2), Parameter.Role.WEIGHT);
      assertThat(parameter.owner()).isEqualTo(Owner.BLOCKS);
      assertThat(parameter.rounds()).isTrue();
      assertThat(parameter.trains()).isFalse();
      parameter.tensor().requiresGrad(true);
      assertThat(parameter.trains()).isTrue();
      parameter.doesNotRound();
      assertThat(parameter.rounds()).isFalse();
    }
  }

  @Test
  void owner_everyOne_isOfTheBaseAddedOrAHead() {
    List<Owner> base = List.of(Owner.BLOCKS, Owner.PATCHES, Owner.REDUCTIONS);
    List<Owner> added = List.of(Owner.ADDED, Owner.added("depth"));
    List<Owner> heads = List.of(Owner.HEADS, Owner.head("depth"));
    assertThat(base).allMatch(o -> o.isBase() && !o.isAdded() && !o.isHead());
    assertThat(added).allMatch(o -> !o.isBase() && o.isAdded() && !o.isHead());
    assertThat(heads).allMatch(o -> !o.isBase() && !o.isAdded() && o.isHead());
    assertThat(Owner.added("depth").task()).contains("depth");
    assertThat(Owner.head("depth").task()).contains("depth");
    assertThat(Owner.ADDED.task()).isEmpty();
    assertThat(Owner.HEADS.task()).isEmpty();
  }
}
