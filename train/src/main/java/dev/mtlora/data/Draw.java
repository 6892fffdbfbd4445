package dev.mtlora.data;

/**
 * One sample of an epoch.
 *
 * @param index of the sample in its dataset
 * @param pass how often the epoch has drawn this sample before; a sample that comes again is
 *     augmented in another way
 */
public record Draw(int index, int pass) {}
