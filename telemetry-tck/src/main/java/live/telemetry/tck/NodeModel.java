package live.telemetry.tck;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * The reference implementation of what a node does with what its broadcaster delivers: it drops what it has, reads what it
 * missed, follows the epochs, and says of everything else that it is lost. It reads each topic from its first record on,
 * keeps everything, and notes each call that a broadcaster must not make.
 *
 * <p>Safe for use by several threads. It never calls the broadcaster from within a call of the sink, nor under a lock.
 */
public final class NodeModel implements Broadcaster.Sink {

    /** Records that it asks history for at once. */
    public static final int PAGE = 100;

    /** How long it waits until it asks again after history could not be had. */
    public static final Duration RETRY_DELAY = Duration.ofMillis(50);

    private final String name;
    private final Scheduler scheduler;
    private final Map<Topic, TopicReplica> replicas = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Broadcaster.State> states = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Broadcaster broadcaster;

    /**
     * A node that is not started yet.
     *
     * @param name how messages name it
     * @param scheduler runs its repairs; a cluster's {@link VirtualTime}, or {@link Scheduler#realTime}
     */
    public NodeModel(String name, Scheduler scheduler) {
        this.name = name;
        this.scheduler = scheduler;
    }

    /**
     * Starts a broadcaster with this node as its sink.
     *
     * @param newBroadcaster one that was not started
     * @throws IllegalStateException if this node has one already
     */
    public void start(Broadcaster newBroadcaster) {
        if (broadcaster != null) {
            throw new IllegalStateException("a node has one broadcaster; make another node");
        }
        broadcaster = newBroadcaster;
        newBroadcaster.start(this);
    }

    /**
     * Switches interest on, and relies on the broadcaster to announce the topics that are there already.
     *
     * @param pattern the topics
     */
    public void want(TopicPattern pattern) {
        broadcaster().interest(pattern, true);
    }

    /**
     * Switches interest off; the logs stay as they are.
     *
     * @param pattern the topics
     */
    public void unwant(TopicPattern pattern) {
        broadcaster().interest(pattern, false);
    }

    /** Closes the broadcaster; what the node knows stays readable. */
    public void stop() {
        broadcaster().close();
    }

    /**
     * The broadcaster that this node was started with.
     *
     * @return the broadcaster
     * @throws IllegalStateException if it was not started
     */
    public Broadcaster broadcaster() {
        Broadcaster started = broadcaster;
        if (started == null) {
            throw new IllegalStateException("start the node first");
        }
        return started;
    }

    /**
     * How messages name this node.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * What this node knows of a topic now.
     *
     * @param topic the topic
     * @return a copy; empty if it has heard nothing
     */
    public ReplicaLog log(Topic topic) {
        TopicReplica replica = replicas.get(topic);
        return replica == null ? new ReplicaLog(topic, Position.NONE, List.of()) : replica.log();
    }

    /**
     * What this node knows of all topics now.
     *
     * @return topic → copy, in order of the names
     */
    public Map<Topic, ReplicaLog> logs() {
        Map<Topic, ReplicaLog> logs = new TreeMap<>();
        replicas.forEach((topic, replica) -> logs.put(topic, replica.log()));
        return logs;
    }

    /**
     * The states that it was told.
     *
     * @return a copy, oldest first
     */
    public List<Broadcaster.State> states() {
        return List.copyOf(states);
    }

    /**
     * What the broadcaster did that its contract forbids.
     *
     * @return a sentence for each; empty if it behaved
     */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public void onRecords(Topic topic, String epoch, List<TelemetryRecord> records) {
        replica(topic).deliver(replica -> replica.records(epoch, records));
    }

    @Override
    public void onHead(Topic topic, Position head) {
        replica(topic).deliver(replica -> replica.head(head));
    }

    @Override
    public void onEpochChange(Broadcaster.EpochChange change) {
        replica(change.topic()).deliver(replica -> replica.epochChange(change));
    }

    @Override
    public void onState(Broadcaster.State state) {
        states.add(state);
    }

    private TopicReplica replica(Topic topic) {
        return replicas.computeIfAbsent(topic, t -> new TopicReplica(t, this));
    }

    Scheduler scheduler() {
        return scheduler;
    }

    void violation(String what) {
        violations.add(name + ": " + what);
    }
}
