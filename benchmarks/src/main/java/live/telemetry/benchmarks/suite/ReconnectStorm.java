package live.telemetry.benchmarks.suite;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import live.telemetry.benchmarks.client.LoadClient;
import live.telemetry.benchmarks.client.ReaderPlan;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;

/**
 * All clients lose their connections at once, come back, and each asks for what it missed.
 *
 * @param clients how many
 * @param missed records that each resumes
 */
record ReconnectStorm(int clients, int missed) implements Variant.Run {

    private static final String TOPIC = "load.0";

    @Override
    public Measurements measure(Bench bench) throws Exception {
        try (RunningServer server = bench.start(Contender.TELEMETRY);
                LoadClient client = bench.client()) {
            server.fill(1, 2 * missed, Bench.RECORD_BYTES);
            Position head = client.open(server.endpoint(), bench.options().readers(clients, ReaderPlan.of(TOPIC)))
                    .awaitOpen(Bench.PATIENCE)
                    .position();
            // Lets the server compile what it has just done, as one that has run for long has.
            storm(bench, server, client, head);
            return storm(bench, server, client, head);
        }
    }

    private Measurements storm(Bench bench, RunningServer server, LoadClient client, Position head) throws Exception {
        Position known = new Position(head.epoch(), head.seq() - missed);
        ReaderPlan resuming = ReaderPlan.everything()
                .subscribing(Since.after(known), Mode.ALL, TOPIC)
                .expecting(missed);
        List<ReaderPlan> plans = bench.options().readers(clients, resuming);
        AtomicLong most = new AtomicLong(server.figures().residentBytes());
        double cpuBefore = server.figures().cpuSeconds();
        long start = System.nanoTime();
        client.dropAll();
        client.open(server.endpoint(), plans)
                .awaitWhole(
                        Bench.PATIENCE,
                        () -> most.accumulateAndGet(server.figures().residentBytes(), Math::max));
        double seconds = (System.nanoTime() - start) / 1e9;
        ProcessFigures after = server.figures();
        return new Measurements()
                .with(Metric.DELIVERIES, plans.size() * (double) missed / seconds)
                .with(Metric.CPU_PER_DELIVERY, (after.cpuSeconds() - cpuBefore) * 1e6 / plans.size() / missed)
                .with(Metric.SECONDS_UNTIL_WHOLE, seconds)
                .with(Metric.RESIDENT, after.residentBytes() / 1e6)
                .with(Metric.RESIDENT_PEAK, most.get() / 1e6);
    }
}
