package live.telemetry.client;

import java.time.Duration;

/**
 * How long to wait before the next attempt: exponential back-off with full jitter, a random part of
 * {@code min(max, base × 2ⁿ)}, so that clients which lost the same server do not come back all at once. A server that says when
 * to come back is obeyed instead.
 *
 * @param base the longest wait after the first failure, at least 1 ms
 * @param max the longest wait at all, at least {@code base}
 * @param stableAfter how long a connection has to work until the count of failures begins anew
 */
public record ReconnectPolicy(Duration base, Duration max, Duration stableAfter) {

    /** 500 ms, doubling up to 30 s; anew after 10 s. */
    public static final ReconnectPolicy DEFAULT =
            new ReconnectPolicy(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(10));

    /**
     * Validates the durations.
     *
     * @param base see above
     * @param max see above
     * @param stableAfter see above
     * @throws IllegalArgumentException if one is out of bounds
     */
    public ReconnectPolicy {
        if (base.toMillis() < 1) {
            throw new IllegalArgumentException("base must be at least 1 ms: " + base);
        }
        if (max.compareTo(base) < 0) {
            throw new IllegalArgumentException("max must be at least base: " + max + " < " + base);
        }
        if (stableAfter.isNegative()) {
            throw new IllegalArgumentException("stableAfter must not be negative: " + stableAfter);
        }
    }

    /**
     * The wait before an attempt.
     *
     * @param failures how many attempts or connections have failed in a row before the last one, from 0
     * @param random from 0 to below 1
     * @return from zero to {@link #max()}
     */
    public Duration delay(int failures, double random) {
        long longest = max.toMillis();
        long doubled = base.toMillis();
        for (int i = 0; i < failures && doubled < longest; i++) {
            doubled = doubled > longest / 2 ? longest : doubled * 2;
        }
        return Duration.ofMillis((long) (random * Math.min(longest, doubled)));
    }
}
