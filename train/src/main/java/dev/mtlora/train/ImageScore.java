package dev.mtlora.train;

/**
 * What one image scores in one task.
 *
 * @param index of the image in its set
 * @param image its name
 * @param task name of the task
 * @param score name of the score, see {@link dev.mtlora.metric.Meter#imageScore}
 * @param value the score; never NaN
 * @param lowerIsBetter true if a smaller value is better
 */
public record ImageScore(
    int index, String image, String task, String score, double value, boolean lowerIsBetter) {}
