package dev.mtlora.nn;

import java.util.Map;

/**
 * What another jar adds to the catalogues: methods, backbones, decoders, tasks and balances of its
 * own, usable by name in configurations and kept in {@code model.json} like those of the house.
 *
 * <p>The jar names a class with a public constructor without parameters in {@code
 * META-INF/services/dev.mtlora.nn.Extension}, or in its {@code module-info}: {@code provides
 * dev.mtlora.nn.Extension with ...}, which then opens the package of its settings to {@code
 * dev.mtlora.model}. A model that uses a member of it opens only where the jar is there, too.
 */
@FunctionalInterface
public interface Extension {
  /**
   * The members for the catalogue of one plug, by name, each with the settings that a configuration
   * starts from: a record, as those of the house. A name that the catalogue has already is refused.
   *
   * @param plug for instance {@code dev.mtlora.peft.AdapterMethod}; the members must be of it
   * @return none for plugs that it does not know
   */
  Map<String, ?> members(Class<?> plug);
}
