package live.telemetry.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What assigns positions to records, carries them to every node, and answers for history that a node no longer has in
 * memory. The node (the server) owns the topic logs; a broadcaster stores no second copy of what they hold.
 *
 * <p>Everything is asynchronous and may be called from any thread, event loops included: no method blocks. Stages may
 * complete on any thread and complete exceptionally with a {@link TelemetryException}; {@code UNAVAILABLE} means that
 * the same call may succeed later. {@code BroadcasterContract} in telemetry-tck is the executable form of this page.
 */
public interface Broadcaster extends AutoCloseable {

    /**
     * Begins to carry records. Called once, before any other method.
     *
     * @param sink where records, epoch changes and states go
     */
    void start(Sink sink);

    /**
     * Stores a record. The stage completes when the record is as safe as this broadcaster makes it; the sink of this node
     * may see the record earlier or later than that. Records of one topic that one thread publishes in order get their
     * numbers in that order.
     *
     * @param publication what to store
     * @return the position that the record got, later
     */
    CompletionStage<Position> publish(Publication publication);

    /**
     * Says that this node begins or ceases to want the records of a topic or pattern. Calls are counted by the caller: each
     * pattern is switched on once, then off once. A broadcaster may deliver more than is wanted. It begins some time after
     * this call; once it has begun it tells the sink the head of each matching topic that has a record, so that the node can
     * read what came before, unless the sink was given all of it anyway. The same after it was cut off from the store.
     *
     * @param pattern the topics
     * @param wanted true to begin, false to cease
     */
    void interest(TopicPattern pattern, boolean wanted);

    /**
     * Reads on after a position, from whatever lies beyond the node.
     *
     * @param topic the topic
     * @param after the position after which to read; {@link Position#NONE} reads from the first record there is
     * @param limit at most this many records, at least 1
     * @return what there is, later
     */
    CompletionStage<History> history(Topic topic, Position after, int limit);

    /**
     * The latest record of each key, where the broadcaster keeps them apart from the history: so a node that has not seen a topic
     * need not read all of it, and keys whose last record was dropped by retention are known to it.
     *
     * @param topic the topic
     * @return them, later; empty, as here, if only {@link #history} can tell
     */
    default CompletionStage<Optional<LatestRecords>> latest(Topic topic) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    /**
     * The topics that have a record, on any node, and the newest position of each. A topic whose first record the sink has
     * got, or is just getting, is among them: the node tells its births once, and whoever looks later has only this.
     *
     * @param pattern which topics
     * @return topic → head, later; empty if nothing matches
     */
    CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern);

    /**
     * How it is.
     *
     * @return the state now
     */
    State state();

    /**
     * What whoever operates it should know beside the state; shown with it to everybody, so it names no addresses.
     *
     * @return one line; empty if there is nothing to say
     */
    default String detail() {
        return "";
    }

    /** Releases what it holds; idempotent and bounded in time. Publishes that wait fail with {@code UNAVAILABLE}. */
    @Override
    void close();

    /**
     * The latest record of each key.
     *
     * @param head the position up to which they are the latest
     * @param records one for each key, and one for all records without a key; ascending by seq
     */
    record LatestRecords(Position head, List<TelemetryRecord> records) {

        /** Copies the records. */
        public LatestRecords {
            records = List.copyOf(records);
        }
    }

    /** How a broadcaster is; its order is from good to bad. */
    enum State {
        /** Everything works. */
        UP,
        /** Works in part: publishes wait, or history is not to be had for the moment. */
        DEGRADED,
        /** Nothing gets through. */
        DOWN
    }

    /**
     * Where a broadcaster delivers, implemented by the node.
     *
     * <p>Calls for one topic come one after another, each happening before the next; calls for different topics may come
     * at the same time. No call blocks, and none throws. Delivery may lag, repeat and leave holes: the node drops what it
     * has, and reads what it missed with {@link #history}.
     */
    interface Sink {

        /**
         * Records of one topic and one epoch, contiguous and ascending.
         *
         * @param topic the topic
         * @param epoch the epoch that they belong to
         * @param records at least one
         */
        void onRecords(Topic topic, String epoch, List<TelemetryRecord> records);

        /**
         * The topic has records up to here; a node that is behind reads them with {@link #history}. Where delivery can lose
         * records this comes sooner or later for each loss, since a last record that is lost leaves no hole.
         *
         * @param topic the topic
         * @param head its newest position
         */
        void onHead(Topic topic, Position head);

        /**
         * The log could not be continued in its epoch.
         *
         * @param change what was kept
         */
        void onEpochChange(EpochChange change);

        /**
         * The state changed.
         *
         * @param state the new one
         */
        void onState(State state);
    }

    /**
     * A topic goes on in a new epoch.
     *
     * @param topic the topic
     * @param previousEpoch the epoch that ends
     * @param keptUpTo the last number of the previous epoch that is still valid, in the new one too, which goes on behind
     *     it; null if the history is lost
     * @param epoch the new epoch
     */
    record EpochChange(
            Topic topic, String previousEpoch, @Nullable Long keptUpTo, String epoch) {}
}
