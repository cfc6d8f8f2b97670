package live.telemetry.examples.load;

/**
 * What to publish: topics {@code load.0}, {@code load.1}, …, at a steady rate.
 *
 * @param topics how many, at least 1
 * @param recordsPerSecond on each topic, positive
 * @param bytes length of each record's data as JSON, at least {@link #MIN_BYTES}
 */
public record LoadPlan(int topics, double recordsPerSecond, int bytes) {

    /** What the data needs for its time. */
    public static final int MIN_BYTES = LoadPayload.MIN_BYTES;

    /** More topics than this are a mistake. */
    public static final int MAX_TOPICS = 100_000;

    /** More records a second on all topics together than this are a mistake. */
    public static final int MAX_TOTAL_RATE = 1_000_000;

    /**
     * Validates all.
     *
     * @throws IllegalArgumentException that says what is out of bounds
     */
    public LoadPlan {
        if (topics < 1 || topics > MAX_TOPICS) {
            throw new IllegalArgumentException("topics must be from 1 to " + MAX_TOPICS + ": " + topics);
        }
        if (!(recordsPerSecond > 0) || recordsPerSecond * topics > MAX_TOTAL_RATE) {
            throw new IllegalArgumentException("records per second must be positive, and at most " + MAX_TOTAL_RATE
                    + " on all topics together: " + recordsPerSecond + " on each of " + topics);
        }
        if (bytes < MIN_BYTES) {
            throw new IllegalArgumentException("bytes must be at least " + MIN_BYTES + ": " + bytes);
        }
    }

    /**
     * Records a second on all topics together.
     *
     * @return the product
     */
    public double totalRate() {
        return topics * recordsPerSecond;
    }

    String topic(int index) {
        return "load." + index;
    }
}
