package live.telemetry.examples.load;

import java.time.Duration;

/**
 * When records are due: number n at {@code start + n / rate}. Whoever comes late may catch up a little; what is further
 * behind is left out, so that a pause is not followed by a burst. For one thread, which brings the time along.
 */
final class Pace {

    private final double nanosPerRecord;
    private final long startNanos;
    private final long maxBurst;
    private long next;
    private long leftOut;

    Pace(double recordsPerSecond, Duration maxCatchUp, long startNanos) {
        this.nanosPerRecord = 1e9 / recordsPerSecond;
        this.startNanos = startNanos;
        this.maxBurst = Math.max(1, Math.round(maxCatchUp.toNanos() / nanosPerRecord));
    }

    /** How many records to publish now. */
    long due(long nowNanos) {
        long elapsed = nowNanos - startNanos;
        long dueInAll = (long) (elapsed / nanosPerRecord) + 1;
        long behind = dueInAll - next;
        if (behind > maxBurst) {
            leftOut += behind - maxBurst;
            next = dueInAll - maxBurst;
            return maxBurst;
        }
        return Math.max(0, behind);
    }

    /** The number of the next record, from 0; it is taken. */
    long take() {
        return next++;
    }

    /** Not positive if it is due already. */
    long nanosUntilNext(long nowNanos) {
        return startNanos + (long) Math.ceil(next * nanosPerRecord) - nowNanos;
    }

    long leftOut() {
        return leftOut;
    }
}
