/** Annotation files in the JSON that COCO has made common. */
@NullMarked
package dev.mtlora.data.coco;

import org.jspecify.annotations.NullMarked;
