/** The command line: each command parses, calls the library and returns an exit code. */
@NullMarked
package dev.mtlora.cli;

import org.jspecify.annotations.NullMarked;
