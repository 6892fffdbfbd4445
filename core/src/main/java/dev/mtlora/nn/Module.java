package dev.mtlora.nn;

import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A node of the tree that a model is: named parameters (learned), named buffers (kept with the
 * weights but not learned), and named children. Dotted paths through the tree are the names of a
 * checkpoint; a child whose name is empty adds nothing to the path.
 *
 * <p>Tensors given to a module must live as long as it does: build models inside a {@link
 * dev.mtlora.tensor.Scope} of their own. Modules never free anything.
 */
public abstract class Module {
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private boolean training = true;

  /** A module without parameters yet; the constructors of subclasses add them. */
  protected Module() {}

  /** Adds a parameter, trainable until told otherwise; returns it. */
  protected final Tensor parameter(String name, Tensor initial) {
    unique(parameters.put(name, initial.requiresGrad(true)), name);
    return initial;
  }

  /** Adds a buffer; returns it. */
  protected final Tensor buffer(String name, Tensor initial) {
    unique(buffers.put(name, initial), name);
    return initial;
  }

  /** Adds a child; returns it. */
  protected final <M extends Module> M child(String name, M module) {
    unique(children.put(name, module), name);
    return module;
  }

  private static void unique(@org.jspecify.annotations.Nullable Object before, String name) {
    if (before != null) {
      throw new IllegalStateException("a module has two members named '" + name + "'");
    }
  }

  /** All parameters below this node by dotted name, in the order they were added. */
  public final Map<String, Tensor> parameters() {
    return collect(module -> module.parameters);
  }

  /** All buffers below this node by dotted name, in the order they were added. */
  public final Map<String, Tensor> buffers() {
    return collect(module -> module.buffers);
  }

  /** Parameters and buffers: what a file of weights holds. */
  public final Map<String, Tensor> state() {
    Map<String, Tensor> state = parameters();
    state.putAll(buffers());
    return state;
  }

  private Map<String, Tensor> collect(Function<Module, Map<String, Tensor>> members) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    visit(
        "",
        (path, module) ->
            members.apply(module).forEach((name, tensor) -> all.put(join(path, name), tensor)));
    return all;
  }

  private void visit(String path, BiConsumer<String, Module> visitor) {
    visitor.accept(path, this);
    children.forEach((name, module) -> module.visit(join(path, name), visitor));
  }

  private static String join(String path, String name) {
    return path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
  }

  /** Moves all parameters and buffers; the optimiser must be made afterwards. */
  public final void moveTo(Device device) {
    state().values().forEach(tensor -> tensor.moveInPlace(device));
  }

  /** Switches dropout, drop path and batch statistics on or off, here and below. */
  public final void train(boolean on) {
    visit("", (path, module) -> module.training = on);
  }

  /** True while training; see {@link #train}. */
  protected final boolean training() {
    return training;
  }
}
