package live.telemetry.redis;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long to wait before the next attempt: 50 ms, doubling to 2 s, full jitter. Confined to one thread. */
final class BackOff {

    static final Duration FIRST = Duration.ofMillis(50);
    static final Duration LONGEST = Duration.ofSeconds(2);

    private final DoubleSupplier random;
    private long nextNanos = FIRST.toNanos();

    BackOff(DoubleSupplier random) {
        this.random = random;
    }

    /** Nanoseconds to wait after a further failure. */
    long afterFailure() {
        long upTo = nextNanos;
        nextNanos = Math.min(nextNanos * 2, LONGEST.toNanos());
        return (long) (upTo * random.getAsDouble());
    }

    void succeeded() {
        nextNanos = FIRST.toNanos();
    }
}
