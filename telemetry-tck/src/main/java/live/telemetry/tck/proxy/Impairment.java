package live.telemetry.tck.proxy;

import java.time.Duration;

/**
 * How badly one direction of a connection carries bytes.
 *
 * @param flow whether bytes are carried at all
 * @param delay how much later a chunk is forwarded; what arrives meanwhile waits behind it, so that a byte is late by once to
 *     twice the delay; order is kept
 * @param bytesPerSecond the most that is forwarded in a second, or {@link #UNLIMITED}
 * @param cutAfter after how many bytes, counted from when this is set, the connection is cut, or {@link #UNLIMITED}; zero cuts
 *     it in place of the next byte
 * @param cut how it is cut then
 */
public record Impairment(Flow flow, Duration delay, long bytesPerSecond, long cutAfter, Cut cut) {

    /** Whether bytes are carried. */
    public enum Flow {
        /** They are. */
        PASS,
        /** They are read and vanish, and so do the ends of streams: neither peer learns that the other has gone. */
        BLACK_HOLE,
        /** They are not read any more, so that the sender comes to feel back-pressure; nothing is lost. */
        STALL
    }

    /** No limit of bytes. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Everything is forwarded at once. */
    public static final Impairment NONE = new Impairment(Flow.PASS, Duration.ZERO, UNLIMITED, UNLIMITED, Cut.RESET);

    /** Everything vanishes. */
    public static final Impairment BLACK_HOLE = NONE.withFlow(Flow.BLACK_HOLE);

    /** Nothing is read. */
    public static final Impairment STALL = NONE.withFlow(Flow.STALL);

    /**
     * Validates the bounds.
     *
     * @throws IllegalArgumentException if the delay or {@code cutAfter} is negative, or {@code bytesPerSecond} below 1
     */
    public Impairment {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative: " + delay);
        }
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond must be at least 1: " + bytesPerSecond);
        }
        if (cutAfter < 0) {
            throw new IllegalArgumentException("cutAfter must not be negative: " + cutAfter);
        }
    }

    private Impairment withFlow(Flow other) {
        return new Impairment(other, delay, bytesPerSecond, cutAfter, cut);
    }

    /**
     * The same with a delay.
     *
     * @param each how much later each chunk is forwarded
     * @return a changed copy
     */
    public Impairment withDelay(Duration each) {
        return new Impairment(flow, each, bytesPerSecond, cutAfter, cut);
    }

    /**
     * The same with a throttle.
     *
     * @param most bytes per second
     * @return a changed copy
     */
    public Impairment withBytesPerSecond(long most) {
        return new Impairment(flow, delay, most, cutAfter, cut);
    }

    /**
     * The same with a cut in the midst of the stream.
     *
     * @param bytes how many more are forwarded
     * @param how what follows them
     * @return a changed copy
     */
    public Impairment withCutAfter(long bytes, Cut how) {
        return new Impairment(flow, delay, bytesPerSecond, bytes, how);
    }
}
