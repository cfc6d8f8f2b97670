package live.telemetry.benchmarks.client;

import org.HdrHistogram.Histogram;

/**
 * What live readers got within a window of time.
 *
 * @param records how many
 * @param seconds how long the window was
 * @param latency one-way, from before {@code publish} to the reader, in nanoseconds; nobody else has it
 */
public record Deliveries(long records, double seconds, Histogram latency) {

    /**
     * The rate.
     *
     * @return records a second
     */
    public double perSecond() {
        return records / seconds;
    }

    /**
     * A percentile of the latency.
     *
     * @param percentile from 0 to 100
     * @return milliseconds
     */
    public double latencyMillis(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e6;
    }

    Deliveries and(Deliveries other) {
        latency.add(other.latency);
        return new Deliveries(records + other.records, Math.max(seconds, other.seconds), latency);
    }
}
