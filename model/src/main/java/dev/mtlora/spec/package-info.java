/**
 * What a model is, as records without text; and the one way in which settings are bound to text and
 * written as it ({@link dev.mtlora.spec.bind.Bind}).
 */
@NullMarked
package dev.mtlora.spec;

import org.jspecify.annotations.NullMarked;
