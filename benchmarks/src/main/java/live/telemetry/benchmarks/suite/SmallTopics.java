package live.telemetry.benchmarks.suite;

/**
 * Topics with one record each: what a topic costs in memory.
 *
 * @param topics how many
 */
record SmallTopics(int topics) implements Variant.Run {

    private static final int FIRST = 100;

    @Override
    public Measurements measure(Bench bench) throws Exception {
        try (RunningServer server = bench.start(Contender.TELEMETRY)) {
            // What the first topics bring along is not the cost of each.
            server.fill(Math.min(FIRST, topics), 1, Bench.RECORD_BYTES);
            ServerUsage empty = server.usageAfterCollection();
            server.fill(topics, 1, Bench.RECORD_BYTES);
            ServerUsage filled = server.usageAfterCollection();
            return Each.of(topics, empty, filled)
                    .with(Metric.RESIDENT, filled.figures().residentBytes() / 1e6);
        }
    }
}
