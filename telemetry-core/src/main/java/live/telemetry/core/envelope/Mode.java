package live.telemetry.core.envelope;

import java.time.Duration;

/** Which of a topic's records a subscription sees. */
public sealed interface Mode {

    /** Every record. */
    Mode ALL = new All();

    /** At most this many ticks a second. */
    double MAX_RATE = 1000;

    /** Ticks a second where a conflated subscription names no rate. */
    double DEFAULT_RATE = 10;

    /**
     * The latest record of each key at each tick.
     *
     * @param maxRate ticks a second
     * @return the mode
     */
    static Mode conflated(double maxRate) {
        return new Conflated(maxRate);
    }

    /** Every record. */
    record All() implements Mode {}

    /**
     * The latest record of each key since the last tick, in the order of their numbers.
     *
     * @param maxRate ticks a second, above 0, at most {@value Mode#MAX_RATE}
     */
    record Conflated(double maxRate) implements Mode {
        /**
         * Validates the rate.
         *
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Conflated {
            if (!(maxRate > 0 && maxRate <= MAX_RATE)) {
                throw new IllegalArgumentException("\"maxRate\" must be above 0 and at most 1000: " + maxRate);
            }
        }

        /**
         * The time between two ticks.
         *
         * @return at least a millisecond
         */
        public Duration interval() {
            return Duration.ofNanos((long) Math.min(1e9 / maxRate, Long.MAX_VALUE / 4.0));
        }
    }
}
