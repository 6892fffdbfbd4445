/** Configuration: records read from YAML, and the assembly of everything that they describe. */
@NullMarked
package dev.mtlora.run;

import org.jspecify.annotations.NullMarked;
