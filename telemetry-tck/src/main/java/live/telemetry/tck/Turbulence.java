package live.telemetry.tck;

import java.time.Duration;

/**
 * How badly a {@link SimulatedCluster} carries records while it works. Every delay is virtual time; every probability is
 * from 0 to 1.
 *
 * @param minDeliveryLag the least time from the store to the sink of a node; each delivery has its own, so that topics
 *     overtake each other, but the first copy of a record never overtakes another of its topic
 * @param maxDeliveryLag the most
 * @param loss how probable it is that a delivery does not arrive: records, heads and epoch changes
 * @param duplication how probable it is that a delivery comes a second time, later
 * @param publishLag the time from a node to the store, and of its answer back
 * @param historyLag the time of a question to the store, and of its answer back; drawn from half to the whole of it
 * @param historyPage the most records of one answer, at least 1, whatever the limit that was asked for
 * @param historyFailure how probable it is that a question fails with {@code UNAVAILABLE}
 */
public record Turbulence(
        Duration minDeliveryLag,
        Duration maxDeliveryLag,
        double loss,
        double duplication,
        Duration publishLag,
        Duration historyLag,
        int historyPage,
        double historyFailure) {

    /** Nothing goes wrong, and everything takes a millisecond. */
    public static final Turbulence CALM = new Turbulence(
            Duration.ZERO, Duration.ofMillis(1), 0, 0, Duration.ofMillis(1), Duration.ofMillis(1), 1000, 0);

    /** Every fault, and often: half a second of lag, a tenth lost, a tenth twice, history in pages of seven. */
    public static final Turbulence STORMY = new Turbulence(
            Duration.ZERO, Duration.ofMillis(500), 0.1, 0.1, Duration.ofMillis(20), Duration.ofMillis(200), 7, 0.2);

    /**
     * Validates the bounds.
     *
     * @param minDeliveryLag from zero
     * @param maxDeliveryLag from the least lag
     * @param loss from 0 to 1
     * @param duplication from 0 to 1
     * @param publishLag from zero
     * @param historyLag from zero
     * @param historyPage from 1
     * @param historyFailure from 0 to 1
     * @throws IllegalArgumentException if a delay is negative, a probability not from 0 to 1, or the page below 1
     */
    public Turbulence {
        if (minDeliveryLag.isNegative() || maxDeliveryLag.compareTo(minDeliveryLag) < 0) {
            throw new IllegalArgumentException(
                    "delivery lag must be a range from zero up: " + minDeliveryLag + " to " + maxDeliveryLag);
        }
        if (publishLag.isNegative() || historyLag.isNegative()) {
            throw new IllegalArgumentException("lags must not be negative: " + publishLag + ", " + historyLag);
        }
        checkProbability(loss);
        checkProbability(duplication);
        checkProbability(historyFailure);
        if (historyPage < 1) {
            throw new IllegalArgumentException("historyPage must be at least 1: " + historyPage);
        }
    }

    private static void checkProbability(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1: " + probability);
        }
    }

    /**
     * The same with another delivery lag.
     *
     * @param min the least
     * @param max the most
     * @return a changed copy
     */
    public Turbulence withDeliveryLag(Duration min, Duration max) {
        return new Turbulence(min, max, loss, duplication, publishLag, historyLag, historyPage, historyFailure);
    }

    /**
     * The same with another loss.
     *
     * @param probability of each delivery
     * @return a changed copy
     */
    public Turbulence withLoss(double probability) {
        return new Turbulence(
                minDeliveryLag,
                maxDeliveryLag,
                probability,
                duplication,
                publishLag,
                historyLag,
                historyPage,
                historyFailure);
    }

    /**
     * The same with another duplication.
     *
     * @param probability of each delivery
     * @return a changed copy
     */
    public Turbulence withDuplication(double probability) {
        return new Turbulence(
                minDeliveryLag, maxDeliveryLag, loss, probability, publishLag, historyLag, historyPage, historyFailure);
    }

    /**
     * The same with another publish lag.
     *
     * @param lag one way
     * @return a changed copy
     */
    public Turbulence withPublishLag(Duration lag) {
        return new Turbulence(
                minDeliveryLag, maxDeliveryLag, loss, duplication, lag, historyLag, historyPage, historyFailure);
    }

    /**
     * The same with another history.
     *
     * @param lag one way
     * @param page the most records of one answer, at least 1
     * @param failure how probable a failure is
     * @return a changed copy
     */
    public Turbulence withHistory(Duration lag, int page, double failure) {
        return new Turbulence(minDeliveryLag, maxDeliveryLag, loss, duplication, publishLag, lag, page, failure);
    }
}
