package live.telemetry.benchmarks.client;

import org.HdrHistogram.Histogram;

/** Counts the records of one loop's live readers, and how long they took. Confined to the loop. */
final class DeliveryMeter {

    /** What took longer is counted as this. */
    private static final long LONGEST_NANOS = 60_000_000_000L;

    /** One part in a hundred; the counts then stay in the processor's cache. */
    private static final int SIGNIFICANT_DIGITS = 2;

    private Histogram latency = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
    private long records;
    private long sinceNanos;

    void record(long latencyNanos) {
        records++;
        latency.recordValue(Math.max(0, Math.min(latencyNanos, LONGEST_NANOS)));
    }

    void begin(long nowNanos) {
        records = 0;
        latency.reset();
        sinceNanos = nowNanos;
    }

    Deliveries end(long nowNanos) {
        Deliveries deliveries = new Deliveries(records, (nowNanos - sinceNanos) / 1e9, latency);
        latency = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
        return deliveries;
    }
}
