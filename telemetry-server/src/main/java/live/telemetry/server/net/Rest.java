package live.telemetry.server.net;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The rest of an event loop after a round of writes, in which it does not follow changes, so that more than one record goes out
 * with each connection's next system call, which is what a delivery costs. After a long round it is half as long again, after a
 * short one there is none; and at least the flush interval lies between the beginnings of two rounds.
 *
 * <p>Threads: confined to the loop, but for {@link #isOn()}, by which others see that the loop will look for changes by itself.
 */
final class Rest {

    /** A round of writes that took less is not worth a rest. */
    static final long SHORT_ROUND_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /** The longest rest without a flush interval: what it adds at most to the latency of a busy loop. */
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final long flushIntervalNanos;
    private volatile boolean on;
    private long untilNanos;

    /**
     * A rest for one loop.
     *
     * @param flushInterval the shortest time between two rounds; zero leaves it to how long they take
     */
    Rest(Duration flushInterval) {
        this.flushIntervalNanos = flushInterval.toNanos();
    }

    /**
     * A round of writes has ended now. A rest that is on already ends when it was to: rounds of answers and pings, which do not wait for
     * it, would put off the records else.
     */
    void after(long roundNanos, long now) {
        if (on) {
            return;
        }
        long byRound = roundNanos < SHORT_ROUND_NANOS ? 0 : Math.min(roundNanos + roundNanos / 2, LONGEST_NANOS);
        long nanos = Math.max(byRound, flushIntervalNanos - roundNanos);
        if (nanos > 0) {
            untilNanos = now + nanos;
            on = true;
        }
    }

    /** Whether the loop may follow changes; from when this has been true, others wake it again. */
    boolean isOver(long now) {
        if (on && untilNanos - now <= 0) {
            on = false;
        }
        return !on;
    }

    /** How long the loop may sleep because of it; a large number if it does not rest. */
    long left(long now) {
        return on ? Math.max(0, untilNanos - now) : Long.MAX_VALUE;
    }

    /** Ends it early. */
    void end() {
        on = false;
    }

    /** Any thread: whether the loop will look for changes without being woken. */
    boolean isOn() {
        return on;
    }
}
