package dev.mtlora.data.scenes;

/**
 * What a solid belongs to.
 *
 * @param instance the foreground object, counted from 1; 0 for rooms, grounds and what is built in
 * @param part the part of an object, counted from 1 over the scene; solids of one part show no edge
 *     between them
 * @param semantic index into {@link SyntheticScenes#SEMSEG_CLASSES}
 * @param humanPart 0 for things, 1..6 for the parts of a person
 * @param material its surface
 */
record Tag(int instance, int part, int semantic, int humanPart, Material material) {}
