package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tree that a model is. */
class ModuleTest {
  private Scope scope = Scope.open();

  @BeforeEach
  void openScope() {
    scope.close();
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
    assertThat(Scope.leaks()).isEmpty();
  }

  /** A node with a weight, a buffer and a constant, all of two rows. */
  private static class Node extends Module {
    final Tensor weight;
    final Tensor mean;
    final List<String> heard = new ArrayList<>();

    Node() {
      this(Owner.BLOCKS);
    }

    Node(Owner owner) {
      weight = weight("weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), owner);
      mean = buffer("mean", Tensor.of(new float[] {5, 6}, 2));
      constant(Tensor.zeros(2));
    }

    <M extends Module> M with(String name, M module) {
      return child(name, module);
    }

    <M extends Module> M with(String name, M module, Owner owner) {
      return child(name, module, owner);
    }

    void add(String name) {
      parameter(name, Tensor.zeros(1), Parameter.Role.BIAS);
    }

    void mayShrink() {
      shrinks(weight, 8, 2);
      shrinks(mean, 9);
    }

    void keepSecond() {
      keep(weight, 0, 1);
      keep(mean, 0, 1);
    }

    void exact() {
      unrounded(weight);
    }

    boolean trains() {
      return training();
    }

    @Override
    protected void onLoaded(Predicate<String> given) {
      heard.add(given.test("weight") + " " + given.test("mean"));
    }
  }

  /** A node a, in it b, and in that one without a name of its own. */
  private static Node tree() {
    Node root = new Node();
    Node a = root.with("a", new Node());
    Node b = a.with("b", new Node());
    b.with("", new Linear2());
    return root;
  }

  private static final class Linear2 extends Module {
    Linear2() {
      parameter("bias", Tensor.zeros(2), Parameter.Role.BIAS);
    }
  }

  @Test
  void names_ofTheTree_areDottedPathsInTheOrderOfAdding() {
    Node root = tree();
    assertThat(root.parameters().keySet())
        .containsExactly("weight", "a.weight", "a.b.weight", "a.b.bias");
    assertThat(root.buffers().keySet()).containsExactly("mean", "a.mean", "a.b.mean");
    assertThat(root.state().keySet())
        .containsExactly(
            "weight", "a.weight", "a.b.weight", "a.b.bias", "mean", "a.mean", "a.b.mean");
    assertThat(Module.tensors(root.parameters()).get("weight")).isSameAs(root.weight);
    assertThat(root.state().get("mean")).isSameAs(root.mean);
  }

  @Test
  void members_withOneName_areRefused() {
    Node root = tree();
    assertThatThrownBy(() -> root.add("weight"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a module has two members named 'weight'");
    assertThatThrownBy(() -> root.with("a", new Node())).hasMessageContaining("'a'");
  }

  @Test
  void parameters_new_trainAndBuffersDoNot() {
    Node root = tree();
    assertThat(root.parameters().values()).allMatch(Parameter::trains);
    assertThat(root.buffers().values()).noneMatch(Tensor::requiresGrad);
  }

  /** A child's owner is that of all below it that have none. */
  @Test
  void owner_givenToAChild_goesToAllBelowThatHaveNone() {
    Node child = new Node();
    child.with("own", new Node(Owner.added("depth")));
    child.with("deep", new Node()).with("deeper", new Node());
    Node root = new Node();
    root.with("child", child, Owner.PATCHES);
    Map<String, Owner> owners = new LinkedHashMap<>();
    root.parameters().forEach((name, parameter) -> owners.put(name, parameter.owner()));
    assertThat(owners)
        .containsExactly(
            Map.entry("weight", Owner.BLOCKS),
            Map.entry("child.weight", Owner.PATCHES),
            Map.entry("child.own.weight", Owner.added("depth")),
            Map.entry("child.deep.weight", Owner.PATCHES),
            Map.entry("child.deep.deeper.weight", Owner.PATCHES));
  }

  /** Parameters tell their listeners, buffers just shrink. */
  @Test
  void keep_positions_shrinksBothAndTellsWhoListens() {
    Node node = new Node();
    node.mayShrink();
    assertThat(node.shrinking().keySet()).containsExactlyInAnyOrder(node.weight, node.mean);
    assertThat(node.shrinking().get(node.weight)).containsExactly(8, 2);
    assertThat(node.shrinking().get(node.mean)).containsExactly(9);
    List<Integer> heard = new ArrayList<>();
    node.parameters().get("weight").listen((dimension, kept) -> heard.add(dimension));
    try (Scope quiet = Scope.inference()) {
      node.keepSecond();
    }
    assertThat(heard).containsExactly(0);
    assertThat(node.state().get("weight").toFloats()).containsExactly(3, 4);
    assertThat(node.state().get("mean").toFloats()).containsExactly(6);
  }

  @Test
  void unrounded_parameter_saysSo() {
    Node node = new Node();
    assertThat(node.parameters().get("weight").rounds()).isTrue();
    node.exact();
    assertThat(node.parameters().get("weight").rounds()).isFalse();
  }

  @Test
  void loaded_names_areEachNodesOwn() {
    Node root = new Node();
    Node child = root.with("a", new Node());
    root.loaded(Set.of("weight", "a.mean"));
    assertThat(root.heard).containsExactly("true false");
    assertThat(child.heard).containsExactly("false true");
  }

  @Test
  void train_onAndOff_reachesEveryNode() {
    Node root = new Node();
    Node child = root.with("a", new Node());
    assertThat(child.trains()).isTrue();
    root.train(false);
    assertThat(List.of(root.trains(), child.trains())).containsOnly(false);
    root.train(true);
    assertThat(List.of(root.trains(), child.trains())).containsOnly(true);
  }

  /** A sum of two weights that folds into one, and for the shared stream into the first alone. */
  private static final class Sum extends Foldable<Node> {
    final Node first = child("first", new Node());
    final Node second = child("second", new Node());
    int made;

    private Node holding(Tensor value) {
      Node node = new Node();
      node.weight.assignInPlace(value);
      return node;
    }

    @Override
    protected Optional<Node> folded() {
      made++;
      return Optional.of(holding(first.weight.plus(second.weight)));
    }

    @Override
    protected Optional<Node> sharedAlone() {
      return Optional.of(holding(first.weight));
    }

    Tensor value() {
      return standIn().map(node -> node.weight).orElseGet(() -> first.weight.plus(second.weight));
    }
  }

  private static Node withSum(Sum sum) {
    Node root = new Node();
    root.with("sum", sum);
    return root;
  }

  @Test
  void merge_foldable_standsInWithItsNamesAndComesBack() {
    Sum sum = new Sum();
    Node root = withSum(sum);
    List<String> before = List.copyOf(root.state().keySet());
    float[] value = sum.value().toFloats();
    root.merge();
    root.merge(); // changes nothing more
    assertThat(sum.made).isOne();
    assertThat(root.merged()).isTrue();
    assertThat(root.trains()).isFalse();
    assertThat(root.state().keySet()).containsExactly("weight", "sum.weight", "mean", "sum.mean");
    assertThat(root.parameters().get("sum.weight").trains()).isFalse();
    assertThat(sum.value().toFloats()).isEqualTo(value);
    root.unmerge();
    assertThat(root.merged()).isFalse();
    assertThat(List.copyOf(root.state().keySet())).isEqualTo(before);
    root.train(true);
  }

  /** What a merged model computes with outlives the pass that made it. */
  @Test
  void merge_tensors_belongToTheScopeThatIsOpen() {
    Sum sum = new Sum();
    withSum(sum).merge();
    assertThat(sum.value().dtype()).isEqualTo(DType.F32);
    assertThat(sum.value().toFloats()).containsExactly(2, 4, 6, 8);
  }

  @Test
  void merged_modelThatIsToTrain_isRefusedWithTheCure() {
    Node root = withSum(new Sum());
    root.merge();
    assertThatThrownBy(() -> root.train(true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call unmerge() first");
    root.mergeForGood();
    assertThatThrownBy(() -> root.train(true))
        .hasMessageContaining("train the model that it was merged from");
    assertThatThrownBy(root::unmerge).hasMessageContaining("no original to go back to");
    assertThat(root.merged()).isTrue();
  }

  @Test
  void mergeSharedStream_foldable_keepsWhatIsSharedAlone() {
    Sum sum = new Sum();
    withSum(sum).mergeSharedStream();
    assertThat(sum.value().toFloats()).containsExactly(1, 2, 3, 4);
  }
}
