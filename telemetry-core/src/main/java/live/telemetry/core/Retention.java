package live.telemetry.core;

import java.time.Duration;

/**
 * How much of a topic's log is kept: what exceeds any of the three bounds goes, oldest first.
 *
 * @param maxRecords records a topic, at least 1
 * @param maxBytes bytes of encoded records a topic, at least 1; the newest record is kept even if it is larger
 * @param maxAge older records are not handed out any more; positive
 */
public record Retention(long maxRecords, long maxBytes, Duration maxAge) {

    /** 10,000 records, 8 MiB, one hour. */
    public static final Retention DEFAULT = new Retention(10_000, 8L << 20, Duration.ofHours(1));

    /**
     * Validates the bounds.
     *
     * @throws IllegalArgumentException if one of them is not positive
     */
    public Retention {
        if (maxRecords < 1) {
            throw new IllegalArgumentException("maxRecords must be at least 1: " + maxRecords);
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be at least 1: " + maxBytes);
        }
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("maxAge must be positive: " + maxAge);
        }
    }

    /**
     * The same with another number of records.
     *
     * @param records records a topic, at least 1
     * @return a new retention
     */
    public Retention withMaxRecords(long records) {
        return new Retention(records, maxBytes, maxAge);
    }

    /**
     * The same with another number of bytes.
     *
     * @param bytes bytes a topic, at least 1
     * @return a new retention
     */
    public Retention withMaxBytes(long bytes) {
        return new Retention(maxRecords, bytes, maxAge);
    }

    /**
     * The same with another age.
     *
     * @param age positive
     * @return a new retention
     */
    public Retention withMaxAge(Duration age) {
        return new Retention(maxRecords, maxBytes, age);
    }
}
