package live.telemetry.tck;

import java.time.Duration;
import java.util.List;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;

/**
 * A clustered store and any number of broadcasters before it, simulated in virtual time: no threads, no sleeping, and with
 * the same seed and the same calls the same course of events.
 *
 * <pre>{@code
 * SimulatedCluster cluster = new SimulatedCluster(42);
 * NodeModel node = new NodeModel("a", cluster.time());
 * node.start(cluster.newBroadcaster());
 * node.want(TopicPattern.ALL);
 * node.broadcaster().publish(publication);
 * cluster.run(Duration.ofSeconds(1));
 * }</pre>
 *
 * <p>Everything happens in tasks of {@link #time}, on the thread that drives it, the calls of sinks and the completion of
 * stages included. Every method here, and every method of the broadcasters, may be called from any thread; what changes
 * something takes effect as the next task, so not before time is driven again. Where real threads or sockets take part, a
 * {@link RealTimePump} drives. A sink that throws ends the driving call.
 */
public final class SimulatedCluster implements AutoCloseable {

    /** How often each node is told the heads of the topics that it wants, unless another interval is set. */
    public static final Duration DEFAULT_HEAD_INTERVAL = Duration.ofSeconds(1);

    /** Publishes that a node holds until they are acknowledged, unless another bound is set. */
    public static final int DEFAULT_PUBLISH_BUFFER = 10_000;

    /** How long a publish waits until it fails, unless another time is set. */
    public static final Duration DEFAULT_PUBLISH_TIMEOUT = Duration.ofSeconds(5);

    private final SimulatedNetwork network;

    /**
     * A cluster that works, without any node.
     *
     * @param seed decides every random choice
     */
    public SimulatedCluster(long seed) {
        this.network = new SimulatedNetwork(seed);
    }

    /**
     * The time in which everything here happens. It always has a next task, since heads are announced again and again.
     *
     * @return the clock, also a {@link Scheduler} for whoever takes part
     */
    public VirtualTime time() {
        return network.time;
    }

    /**
     * Lets virtual time pass.
     *
     * @param duration how long; zero runs what is due now
     */
    public void run(Duration duration) {
        network.time.run(duration);
    }

    /** Runs the next task, and lets the time pass until then. */
    public void step() {
        network.time.step();
    }

    /**
     * Makes the broadcaster of a further node; it joins when it is started.
     *
     * @return a broadcaster that is not started
     */
    public Broadcaster newBroadcaster() {
        return new SimulatedNode(network);
    }

    /**
     * Changes how badly records are carried from now on; what is under way already stays as it is.
     *
     * @param next for example {@link Turbulence#STORMY}
     */
    public void turbulence(Turbulence next) {
        network.turbulence = next;
    }

    /**
     * How badly records are carried.
     *
     * @return what was set last, at first {@link Turbulence#CALM}
     */
    public Turbulence turbulence() {
        return network.turbulence;
    }

    /**
     * Changes how often heads are announced; it is what repairs a last record that was lost on its way.
     *
     * @param interval virtual time, above zero; counts from the next announcement on
     * @throws IllegalArgumentException if it is not above zero
     */
    public void headInterval(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("headInterval must be positive: " + interval);
        }
        network.headInterval = interval;
    }

    /**
     * Changes how many publishes a node holds; one more fails with {@code UNAVAILABLE}.
     *
     * @param publishes at least 1
     * @throws IllegalArgumentException if it is below 1
     */
    public void publishBuffer(int publishes) {
        if (publishes < 1) {
            throw new IllegalArgumentException("publishBuffer must be at least 1: " + publishes);
        }
        network.publishBuffer = publishes;
    }

    /**
     * Changes how long a publish waits until it fails with {@code UNAVAILABLE}, and how long a node is cut off until it is
     * {@code DOWN}. A publish that failed so may be stored nevertheless.
     *
     * @param timeout virtual time, for publishes and outages that begin from now on
     * @throws IllegalArgumentException if it is not above zero
     */
    public void publishTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("publishTimeout must be positive: " + timeout);
        }
        network.publishTimeout = timeout;
    }

    /**
     * Keeps at most so many records of each topic from now on, and drops what is older: a reader that is behind gets {@code
     * EXPIRED}.
     *
     * @param records of each topic; 0 drops everything, but heads stay
     * @throws IllegalArgumentException if it is negative
     */
    public void retainRecords(int records) {
        if (records < 0) {
            throw new IllegalArgumentException("retained records must not be negative: " + records);
        }
        network.soon(() -> network.store.retain(records));
    }

    /**
     * Takes the store away: publishes wait, history fails with {@code UNAVAILABLE}, what is under way to a sink is lost, and
     * the nodes become {@code DEGRADED}, then {@code DOWN}.
     */
    public void cutStore() {
        network.soon(() -> network.storeUp(false));
    }

    /** Brings the store back, with all that it had; the nodes become {@code UP} and are told the heads. */
    public void restoreStore() {
        network.soon(() -> network.storeUp(true));
    }

    /**
     * Cuts one node off, as {@link #cutStore} does for all.
     *
     * @param broadcaster one of this cluster
     */
    public void cutNode(Broadcaster broadcaster) {
        network.soon(() -> ((SimulatedNode) broadcaster).link(false));
    }

    /**
     * Connects one node again.
     *
     * @param broadcaster one of this cluster
     */
    public void restoreNode(Broadcaster broadcaster) {
        network.soon(() -> ((SimulatedNode) broadcaster).link(true));
    }

    /** Fails over to a replica that has everything: each topic goes on in a new epoch, kept up to its head. */
    public void failOver() {
        failOverLosing(0);
    }

    /**
     * Fails over to a replica that lags: each topic goes on in a new epoch, without its newest records. A topic of which
     * nothing is left loses its history as with {@link #loseHistory}.
     *
     * @param newest how many records of each topic the replica does not have
     * @throws IllegalArgumentException if it is negative
     */
    public void failOverLosing(int newest) {
        if (newest < 0) {
            throw new IllegalArgumentException("what is lost must not be negative: " + newest);
        }
        network.soon(() -> network.store.failOver(newest).forEach(network::tell));
    }

    /** Empties the store. A topic begins anew with its next record: {@code EPOCH_CHANGED}, from number 1 on. */
    public void loseHistory() {
        network.soon(network.store::loseHistory);
    }

    /**
     * Whether the store lost what stood at a position, by a failover or with its history; retention does not count.
     *
     * @param topic the topic
     * @param position one that was acknowledged
     * @return true if no node may hold it in the end
     */
    public boolean lost(Topic topic, Position position) {
        return !network.store.holds(topic, position);
    }

    /**
     * What the store holds of a topic now.
     *
     * @param topic the topic
     * @return the records, contiguous, oldest first
     */
    public List<TelemetryRecord> stored(Topic topic) {
        return network.store.records(topic);
    }

    /**
     * The newest position of a topic now.
     *
     * @param topic the topic
     * @return the position, or {@link Position#NONE}
     */
    public Position head(Topic topic) {
        return network.store.head(topic);
    }

    /**
     * How often a broadcaster of this cluster was asked for history; shows whether back-fill is shared.
     *
     * @return calls since the cluster was made
     */
    public long historyCalls() {
        return network.historyCalls.get();
    }

    /** Closes every broadcaster; what waits fails. Stages complete when time is driven. Idempotent. */
    @Override
    public void close() {
        network.soon(network::closeAll);
    }
}
