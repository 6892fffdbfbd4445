package dev.mtlora.backbone;

/**
 * One level of a pyramid.
 *
 * @param channels features per position
 * @param stride pixels of the image per position, in both directions
 */
public record FeatureInfo(int channels, int stride) {}
