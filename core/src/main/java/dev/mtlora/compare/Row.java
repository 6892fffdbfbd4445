package dev.mtlora.compare;

import java.util.List;
import java.util.Map;

/**
 * One line of a comparison's table.
 *
 * @param name of the method
 * @param headlines of every task that the method has, over seeds
 * @param deltaM over seeds, per cent against the single-task networks; NaN while one is missing
 * @param cost of one seed: step time and memory are medians over seeds
 * @param seeds finished ones
 */
public record Row(
    String name,
    Map<String, Spread> headlines,
    Spread deltaM,
    Summary.Cost cost,
    List<Long> seeds) {}
