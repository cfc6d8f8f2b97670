package live.telemetry.benchmarks.suite;

/**
 * One row of a scenario's table.
 *
 * @param name of the row
 * @param run measures it once
 */
record Variant(String name, Run run) {

    /** A measurement. */
    @FunctionalInterface
    interface Run {
        /**
         * Measures once, with processes and connections of its own.
         *
         * @param bench where
         * @return what was measured
         * @throws Exception if it fails; the suite notes that and goes on
         */
        Measurements measure(Bench bench) throws Exception;
    }
}
