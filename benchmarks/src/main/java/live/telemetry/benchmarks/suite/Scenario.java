package live.telemetry.benchmarks.suite;

import java.util.List;

/**
 * What is measured and reported together.
 *
 * @param name by which it is chosen
 * @param title what it is
 * @param compared in which the rows are set in relation to the first one
 * @param variants the rows
 */
record Scenario(String name, String title, Metric compared, List<Variant> variants) {}
