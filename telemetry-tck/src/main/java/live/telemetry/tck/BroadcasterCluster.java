package live.telemetry.tck;

import java.time.Duration;
import java.util.Set;
import live.telemetry.core.Broadcaster;

/** What a test of the contract runs against: broadcasters that share one log, empty at first. One for each test. */
public interface BroadcasterCluster extends AutoCloseable {

    /**
     * What it can do.
     *
     * @return the capabilities, always the same
     */
    Set<Capability> capabilities();

    /**
     * Makes the broadcaster of a further node. The contract starts and closes it. Without {@link Capability#SEVERAL_NODES} it is
     * called once.
     *
     * @return a broadcaster that is not started
     */
    Broadcaster newBroadcaster();

    /**
     * How long the contract waits until it takes something for not happening; at least as long as repairing a lost last
     * record takes.
     *
     * @return ten seconds unless overridden
     */
    default Duration patience() {
        return Duration.ofSeconds(10);
    }

    /**
     * Takes the store away from every node; it loses nothing.
     *
     * @throws UnsupportedOperationException without {@link Capability#OUTAGE}
     */
    default void cutStore() {
        throw new UnsupportedOperationException("this cluster cannot take its store away");
    }

    /**
     * Brings the store back.
     *
     * @throws UnsupportedOperationException without {@link Capability#OUTAGE}
     */
    default void restoreStore() {
        throw new UnsupportedOperationException("this cluster cannot take its store away");
    }

    /** Releases everything, the broadcasters included. */
    @Override
    void close();
}
