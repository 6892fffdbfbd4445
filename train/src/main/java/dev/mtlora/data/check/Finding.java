package dev.mtlora.data.check;

/**
 * One thing that was found.
 *
 * @param kind what it is
 * @param task whose label it is about; empty if it is about the image or the split
 * @param text which image or file, and details
 */
record Finding(Kind kind, String task, String text) {}
