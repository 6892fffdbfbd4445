package dev.mtlora.parity;

import dev.mtlora.backbone.BackboneSettings;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How the cases of one family are read.
 *
 * @param settings of the keys of its configuration
 * @param feature our name of what a case calls an intermediate feature, as a tap sees it; empty for
 *     what no tap sees
 * @param maps true if the case has levels of the pyramid as {@code [B, C, H, W]}, false if as
 *     {@code [B, N, C]}
 * @param unused keys of the state that belong to the classifier
 */
record BackboneFamily(
    Function<CaseKeys, BackboneSettings> settings,
    UnaryOperator<String> feature,
    boolean maps,
    Set<String> unused) {
  /** By the name that cases give. */
  static final Map<String, BackboneFamily> ALL = Map.of();
}
