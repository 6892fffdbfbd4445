/** Parameter-efficient methods: what is trained beside, or instead of, a backbone's weights. */
@NullMarked
package dev.mtlora.peft;

import org.jspecify.annotations.NullMarked;
