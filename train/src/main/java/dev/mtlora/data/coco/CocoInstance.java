package dev.mtlora.data.coco;

/**
 * A thing in a picture.
 *
 * @param category what it is
 * @param shape where it is
 */
public record CocoInstance(int category, CocoShape shape) {}
