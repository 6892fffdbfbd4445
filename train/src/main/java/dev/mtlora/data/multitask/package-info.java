/** The multi-task datasets of the papers, PASCAL_MT and NYUD_MT, read as they are on disk. */
@NullMarked
package dev.mtlora.data.multitask;

import org.jspecify.annotations.NullMarked;
