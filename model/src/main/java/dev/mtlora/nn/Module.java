package dev.mtlora.nn;

import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A node of the tree that a model is: named parameters (learned), named buffers (kept with the
 * weights but not learned), and named children. Dotted paths through the tree are the names of a
 * checkpoint; a child whose name is empty adds nothing to the path.
 *
 * <p>Tensors given to a module must live as long as it does: build models inside a {@link
 * dev.mtlora.tensor.Scope} of their own. Modules never free anything.
 */
public abstract class Module {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<Tensor, long[]> shrinking = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private boolean training = true;
  private Form form = Form.AS_TRAINED;

  private enum Form {
    AS_TRAINED,
    MERGED,
    MERGED_FOR_GOOD
  }

  /** A module without parameters yet; the constructors of subclasses add them. */
  protected Module() {}

  /** Adds a parameter of the backbone, trainable until told otherwise; returns its value. */
  protected final Tensor parameter(String name, Tensor initial, Parameter.Role role) {
    initial.requiresGrad(true);
    unique(parameters.put(name, new Parameter(initial, role)), name);
    return initial;
  }

  /** Adds a weight whose owner is known here; returns its value. */
  protected final Tensor weight(String name, Tensor initial, Owner owner) {
    parameter(name, initial, Parameter.Role.WEIGHT);
    own(initial).orElseThrow().ownedBy(owner);
    return initial;
  }

  private Optional<Parameter> own(Tensor member) {
    return parameters.values().stream().filter(p -> p.tensor() == member).findFirst();
  }

  /** Says whose all parameters below are that have been given no other owner. */
  protected final void ownedBy(Owner owner) {
    parameters().values().stream()
        .filter(parameter -> parameter.owner().equals(Owner.BLOCKS))
        .forEach(parameter -> parameter.ownedBy(owner));
  }

  /** Adds a buffer; returns it. */
  protected final Tensor buffer(String name, Tensor initial) {
    unique(buffers.put(name, initial), name);
    return initial;
  }

  /** Adds a tensor that is on the module's device but in no file, since it can be made again. */
  protected final Tensor constant(Tensor value) {
    constants.put("constant" + constants.size(), value);
    return value;
  }

  /** Says that a parameter or buffer of this node may become smaller, and how large it was. */
  protected final void shrinks(Tensor member, long... largest) {
    own(member)
        .ifPresentOrElse(
            parameter -> parameter.shrinksFrom(largest), () -> shrinking.put(member, largest));
  }

  /** Keeps only some positions of a parameter or buffer of this node. */
  protected final void keep(Tensor member, int dimension, long... positions) {
    own(member)
        .ifPresentOrElse(
            parameter -> parameter.keep(dimension, positions),
            () -> member.keepInPlace(dimension, positions));
  }

  /** Tensors below this node that may become smaller, with their largest shapes. */
  public final Map<Tensor, long[]> shrinking() {
    Map<Tensor, long[]> all = new LinkedHashMap<>();
    visit("", (path, module) -> all.putAll(module.shrinking));
    parameters()
        .values()
        .forEach(p -> p.largest().ifPresent(largest -> all.put(p.tensor(), largest)));
    return all;
  }

  /** Says that files which round parameters store this one of this node as it is. */
  protected final void unrounded(Tensor parameter) {
    own(parameter).orElseThrow().doesNotRound();
  }

  /** Says that weight decay never shrinks this one of this node, whatever its shape. */
  protected final void undecayed(Tensor parameter) {
    own(parameter).orElseThrow().neverDecays();
  }

  /** Adds a child; returns it. */
  protected final <M extends Module> M child(String name, M module) {
    unique(children.put(name, module), name);
    return module;
  }

  /** Adds a child all of whose parameters without an owner are of this one; returns it. */
  protected final <M extends Module> M child(String name, M module, Owner owner) {
    ((Module) module).ownedBy(owner);
    return child(name, module);
  }

  private static void unique(@org.jspecify.annotations.Nullable Object before, String name) {
    if (before != null) {
      throw new IllegalStateException("a module has two members named '" + name + "'");
    }
  }

  /** All parameters below this node by dotted name, in the order they were added. */
  public final Map<String, Parameter> parameters() {
    return collect(module -> module.parameters);
  }

  /** All buffers below this node by dotted name, in the order they were added. */
  public final Map<String, Tensor> buffers() {
    return collect(module -> module.buffers);
  }

  /** All tensors below this node that nothing changes and no file holds, by names of this one's. */
  public final Map<String, Tensor> constants() {
    return collect(module -> module.constants);
  }

  /** Parameters and buffers: what a file of weights holds. */
  public final Map<String, Tensor> state() {
    Map<String, Tensor> state = tensors(parameters());
    state.putAll(buffers());
    return state;
  }

  /** The values of parameters, in their order. */
  public static Map<String, Tensor> tensors(Map<String, Parameter> parameters) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> tensors.put(name, parameter.tensor()));
    return tensors;
  }

  private <T> Map<String, T> collect(Function<Module, Map<String, T>> members) {
    Map<String, T> all = new LinkedHashMap<>();
    visit(
        "",
        (path, module) ->
            members.apply(module).forEach((name, member) -> all.put(join(path, name), member)));
    return all;
  }

  /**
   * Tells all parts that weights to start from have been loaded: those whose initial values depend
   * on others make them anew, unless they were given.
   *
   * @param given full names of the tensors that had values
   */
  public final void loaded(Set<String> given) {
    visit("", (path, module) -> module.onLoaded(name -> given.contains(join(path, name))));
  }

  /** Hears of {@link #loaded}, names being this node's own. */
  protected void onLoaded(Predicate<String> given) {}

  /** Visits the tree as it computes: the folded form of a node in its place. */
  private void visit(String path, BiConsumer<String, Module> visitor) {
    Module current = current();
    visitor.accept(path, current);
    current.children.forEach((name, module) -> module.visit(join(path, name), visitor));
  }

  /** Visits the tree as it was built. */
  private void each(Consumer<Module> visitor) {
    visitor.accept(this);
    children.values().forEach(module -> module.each(visitor));
  }

  private static String join(String path, String name) {
    return path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
  }

  /** Moves all parameters, buffers and constants; the optimiser must be made afterwards. */
  public final void moveTo(Device device) {
    state().values().forEach(tensor -> tensor.moveInPlace(device));
    constants().values().forEach(tensor -> tensor.moveInPlace(device));
  }

  /**
   * Switches dropout, drop path and batch statistics on or off, here and below.
   *
   * @throws IllegalStateException if it is on for a merged model
   */
  public final void train(boolean on) {
    each(module -> module.requireTrainable(on));
    each(module -> module.training = on);
  }

  private void requireTrainable(boolean on) {
    if (on && merged()) {
      throw new IllegalStateException(
          "a merged model cannot be trained: its adapters and batch norms are folded into other"
              + " weights; "
              + (form == Form.MERGED
                  ? "call unmerge() first"
                  : "train the model that it was merged from"));
    }
  }

  /**
   * Folds, here and below, all that can be folded exactly ({@link Foldable}), and ends training
   * mode: outputs stay the same up to rounding, {@link #state} has the names and tensors of the
   * folded form. The new tensors belong to the scope that is open, also after {@link #unmerge}.
   * Merging twice changes nothing.
   */
  public final void merge() {
    train(false);
    each(
        module -> {
          if (!module.merged()) {
            module.form = Form.MERGED;
            module.fold(true);
          }
        });
  }

  /**
   * Takes back {@link #merge}: every tensor is again what it was, to the last bit.
   *
   * @throws IllegalStateException if the original has been given up
   */
  public final void unmerge() {
    each(
        module -> {
          if (module.form == Form.MERGED_FOR_GOOD) {
            throw new IllegalStateException(
                "this model was loaded as a merged one and has no original to go back to");
          }
        });
    each(
        module -> {
          module.form = Form.AS_TRAINED;
          module.fold(false);
        });
  }

  /**
   * Merges and gives up the original: for a model whose merged values are then loaded from a file.
   */
  public final void mergeForGood() {
    merge();
    each(module -> module.form = Form.MERGED_FOR_GOOD);
  }

  /**
   * Merges, gives up the original, and of the streams keeps the shared one alone, which stays the
   * same up to rounding: what only tasks have goes, what only they have left unfolded folds. What
   * is still beside the weights then folds nowhere.
   */
  public final void mergeSharedStream() {
    mergeForGood();
    each(Module::foldToShared);
  }

  /** True between {@link #merge} and {@link #unmerge}. */
  public final boolean merged() {
    return form != Form.AS_TRAINED;
  }

  /** What computes in this node's place. */
  Module current() {
    return this;
  }

  /** Makes or drops the folded form of this node, if it has one. */
  void fold(boolean on) {}

  /** Puts a form in this node's place that computes the shared stream alone, if it has one. */
  void foldToShared() {}

  /** True while training; see {@link #train}. */
  protected final boolean training() {
    return training;
  }
}
