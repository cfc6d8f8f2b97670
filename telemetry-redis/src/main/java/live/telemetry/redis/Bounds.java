package live.telemetry.redis;

import java.time.Duration;

/** Checks settings, with messages that name them. */
final class Bounds {

    private static final Duration LONGEST = Duration.ofHours(1);

    private Bounds() {}

    static Duration duration(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be from 1 ms to an hour: " + value);
        }
        return value;
    }

    static int atLeast(String name, int value, int least) {
        return (int) atLeast(name, (long) value, least);
    }

    static long atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
        return value;
    }
}
