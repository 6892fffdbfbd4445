/** Records bound to trees of text, and trees made of records: settings as files have them. */
@NullMarked
package dev.mtlora.spec.bind;

import org.jspecify.annotations.NullMarked;
