package live.telemetry.benchmarks.suite;

import java.util.List;
import live.telemetry.benchmarks.client.LoadClient;
import live.telemetry.benchmarks.client.ReaderPlan;

/**
 * Connections to which nothing is published: what each costs in memory, and what all of them cost in CPU.
 *
 * @param contender the server
 * @param readers how they are opened
 */
record IdleConnections(Contender contender, List<ReaderPlan> readers) implements Variant.Run {

    private static final int FIRST = 200;

    @Override
    public Measurements measure(Bench bench) throws Exception {
        try (RunningServer server = bench.start(contender);
                LoadClient client = bench.client()) {
            // What the first connections bring along, code above all, is not the cost of each.
            client.open(server.endpoint(), readers.subList(0, Math.min(FIRST, readers.size())))
                    .awaitOpen(Bench.PATIENCE);
            client.dropAll();
            ServerUsage empty = server.usageAfterCollection();
            client.open(server.endpoint(), readers).awaitOpen(Bench.PATIENCE);
            client.measure(bench.options().warmUp());
            ServerUsage before = server.usageAfterCollection();
            client.measure(bench.options().window());
            ServerUsage after = server.usage();
            client.requireAllOpen();
            double seconds = bench.options().window().toNanos() / 1e9;
            return Each.of(readers.size(), empty, before)
                    .with(Metric.RESIDENT, before.figures().residentBytes() / 1e6)
                    .with(Metric.SERVER_CPU, after.cpuSecondsSince(before) / seconds);
        }
    }
}
