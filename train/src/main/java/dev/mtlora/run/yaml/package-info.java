/** YAML as trees and trees as YAML; nobody else knows the library that does it. */
@NullMarked
package dev.mtlora.run.yaml;

import org.jspecify.annotations.NullMarked;
