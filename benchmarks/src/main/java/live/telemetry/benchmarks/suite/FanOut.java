package live.telemetry.benchmarks.suite;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.benchmarks.client.Deliveries;
import live.telemetry.benchmarks.client.LoadClient;
import live.telemetry.benchmarks.client.ReaderPlan;
import live.telemetry.benchmarks.client.Role;
import live.telemetry.examples.load.LoadPlan;

/**
 * Steady load on a server, and readers that each get all of it.
 *
 * @param contender the server
 * @param options of the server; only Telemetry Live has any
 * @param load what is published
 * @param keys under how many keys, in turn; 0 for none
 * @param readers what the readers do
 */
record FanOut(Contender contender, ServerOptions options, LoadPlan load, int keys, List<ReaderPlan> readers)
        implements Variant.Run {

    /** One topic, and readers of it. */
    static FanOut of(Contender contender, double recordsPerSecond, List<ReaderPlan> readers) {
        return new FanOut(
                contender, ServerOptions.DEFAULT, new LoadPlan(1, recordsPerSecond, Bench.RECORD_BYTES), 0, readers);
    }

    FanOut with(ServerOptions others) {
        return new FanOut(contender, others, load, keys, readers);
    }

    FanOut withKeys(int count) {
        return new FanOut(contender, options, load, count, readers);
    }

    FanOut and(List<ReaderPlan> more) {
        List<ReaderPlan> all = new ArrayList<>(readers);
        all.addAll(more);
        return new FanOut(contender, options, load, keys, all);
    }

    @Override
    public Measurements measure(Bench bench) throws Exception {
        try (RunningServer server = bench.start(contender, options);
                LoadClient client = bench.client()) {
            server.fill(load.topics(), recordsBefore(), load.bytes());
            client.open(server.endpoint(), readers).awaitOpen(Bench.PATIENCE);
            server.load(load, keys);
            client.measure(bench.options().warmUp());
            ServerUsage before = server.usage();
            Deliveries deliveries = client.measure(bench.options().window());
            ServerUsage after = server.usage();
            client.requireAllOpen();
            return measurements(deliveries, before, after);
        }
    }

    /** Topics exist before anybody comes, so that nobody measures how they are born, and have what is replayed. */
    private int recordsBefore() {
        boolean replays = readers.stream().anyMatch(reader -> reader.role() == Role.REPLAYING);
        return replays ? ReaderPlan.REPLAYED_RECORDS : 1;
    }

    private Measurements measurements(Deliveries deliveries, ServerUsage before, ServerUsage after) {
        long live =
                readers.stream().filter(reader -> reader.role() == Role.LIVE).count();
        double due = load.totalRate() * live;
        double records = Math.max(1, deliveries.records());
        Measurements measured = new Measurements()
                .with(Metric.DELIVERIES, deliveries.perSecond())
                .with(Metric.SHARE, deliveries.perSecond() / due)
                .with(Metric.P50, deliveries.latencyMillis(50))
                .with(Metric.P99, deliveries.latencyMillis(99))
                .with(Metric.CPU_PER_DELIVERY, after.cpuSecondsSince(before) * 1e6 / records)
                .with(Metric.RESIDENT, after.figures().residentBytes() / 1e6);
        after.since(before, "allocated")
                .ifPresent(bytes -> measured.with(Metric.ALLOCATED_PER_DELIVERY, bytes / records));
        return measured;
    }
}
