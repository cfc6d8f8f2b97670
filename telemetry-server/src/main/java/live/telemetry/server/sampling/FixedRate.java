package live.telemetry.server.sampling;

/**
 * The moments {@code start + n × interval}. Those that passed while nobody looked (a long pause of the JVM, a laptop that
 * slept) are left out instead of made up for, and the grid stays where it was.
 */
final class FixedRate {

    private final long intervalNanos;
    private long dueNanos;

    FixedRate(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    void start(long nowNanos) {
        dueNanos = nowNanos;
    }

    /** Goes on to the first moment after now, and says how many nanoseconds are left until then. */
    long advance(long nowNanos) {
        long late = nowNanos - dueNanos;
        long missed = late < 0 ? 0 : late / intervalNanos;
        dueNanos += (missed + 1) * intervalNanos;
        return dueNanos - nowNanos;
    }
}
