package live.telemetry.server.node;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.Broadcaster.LatestRecords;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.server.log.DerivedFrames;
import live.telemetry.server.log.Framing;
import live.telemetry.server.log.LatestBudget;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.log.TopicLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of this node, between a broadcaster and whoever reads their logs.
 *
 * <p>Threads: every method may be called from any thread, event loops included, and none blocks for longer than a log's lock
 * is held.
 */
public final class Node {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** Records that one look into the history asks for. */
    static final int HISTORY_PAGE = 200;

    private static final long REPAIR_RETRY_MILLIS = 500;

    /** What is kept in other framings may have so much heap, as a part of the memory that the logs may have. */
    private static final int DERIVED_SHARE = 4;

    /** Pages of history may have so much heap, as a part of the memory that the logs may have. */
    private static final int HISTORY_SHARE = 4;

    /** Others may take what was freed, or it may come in pieces. */
    private static final int ATTEMPTS_TO_MAKE_ROOM = 3;

    private final Broadcaster broadcaster;
    private final Framing framing;
    private final Retention retention;
    private final NodeLimits limits;
    private final SegmentPool pool;
    private final LatestBudget latestBudget;
    private final DerivedFrames derived;
    private final MemoryReclaimer reclaimer;
    private final ScheduledExecutorService housekeeping;
    private final NodeClock clock;
    private final Map<Topic, NodeTopic> topics = new ConcurrentHashMap<>();
    private final InterestTable interest;
    private final BroadcasterQuestions questions;
    private final HistoryPages pages;
    private final List<Consumer<NodeTopic>> birthListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Broadcaster.State>> stateListeners = new CopyOnWriteArrayList<>();
    private final LongAdder records = new LongAdder();
    private final MissedRecords missed;

    /**
     * A node that is not fed yet.
     *
     * @param broadcaster not started yet
     * @param framing how records are encoded in the logs
     * @param retention of every topic
     * @param limits bounds of a topic and a record
     * @param pool where the logs' memory comes from
     * @param housekeeping runs what is repeated or retried; never blocked for long
     */
    public Node(
            Broadcaster broadcaster,
            Framing framing,
            Retention retention,
            NodeLimits limits,
            SegmentPool pool,
            ScheduledExecutorService housekeeping) {
        this(broadcaster, framing, retention, limits, pool, housekeeping, NodeClock.SYSTEM);
    }

    Node(
            Broadcaster broadcaster,
            Framing framing,
            Retention retention,
            NodeLimits limits,
            SegmentPool pool,
            ScheduledExecutorService housekeeping,
            NodeClock clock) {
        this.broadcaster = broadcaster;
        this.framing = framing;
        this.retention = retention;
        this.limits = limits;
        this.pool = pool;
        this.latestBudget = new LatestBudget(limits.maxKeysPerTopic(), pool.budget());
        this.derived = new DerivedFrames(framing, pool.budget() / DERIVED_SHARE);
        this.housekeeping = housekeeping;
        this.clock = clock;
        this.missed = new MissedRecords(clock);
        this.reclaimer = new MemoryReclaimer(topics.values(), pool, clock);
        this.interest = new InterestTable(broadcaster);
        this.questions = new BroadcasterQuestions(broadcaster);
        this.pages = new HistoryPages(broadcaster, framing, pool.budget() / HISTORY_SHARE, clock);
    }

    /** Begins to be fed. Listeners must have been added before. */
    public void start() {
        broadcaster.start(new Feed());
        long sweepSeconds = Math.max(1, Math.min(60, retention.maxAge().toSeconds() / 60));
        housekeeping.scheduleWithFixedDelay(this::expire, sweepSeconds, sweepSeconds, TimeUnit.SECONDS);
    }

    /**
     * Wants to know when a topic gets its first record, ever or since its history was lost.
     *
     * @param listener called on the broadcaster's thread, under the topic's lock; must neither block nor throw
     */
    public void onBirth(Consumer<NodeTopic> listener) {
        birthListeners.add(listener);
    }

    /**
     * Wants to know when the broadcaster's state changes.
     *
     * @param listener called on the broadcaster's thread; must neither block nor throw
     */
    public void onState(Consumer<Broadcaster.State> listener) {
        stateListeners.add(listener);
    }

    /**
     * How the broadcaster is.
     *
     * @return its state now
     */
    public Broadcaster.State state() {
        return broadcaster.state();
    }

    /**
     * What the broadcaster says beside its state.
     *
     * @return one line; empty if it says nothing
     */
    public String detail() {
        return broadcaster.detail();
    }

    /**
     * Publishes a record.
     *
     * @param publication the record
     * @return its position, later
     * @throws TelemetryException with {@code RECORD_TOO_LARGE}
     */
    public CompletionStage<Position> publish(Publication publication) {
        // Three bytes a char is what UTF-8 takes at most; only near the bound is it worth counting exactly.
        String text = publication.data().text();
        boolean tooLarge = text.length() > limits.maxRecordBytes()
                || (text.length() * 3L > limits.maxRecordBytes()
                        && text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > limits.maxRecordBytes());
        if (tooLarge) {
            throw new TelemetryException(
                    ErrorCode.RECORD_TOO_LARGE,
                    "the data of a record may have " + limits.maxRecordBytes()
                            + " bytes; raise maxRecordBytes or send less");
        }
        return broadcaster.publish(publication);
    }

    /**
     * The topics of a pattern that have a record, on any node.
     *
     * @param pattern which topics
     * @return each with a log, later
     */
    public CompletionStage<List<NodeTopic>> lookUp(TopicPattern pattern) {
        return broadcaster
                .topics(pattern)
                .thenApply(heads -> heads.entrySet().stream()
                        .map(entry -> {
                            NodeTopic found = topic(entry.getKey());
                            found.learnHead(entry.getValue());
                            return found;
                        })
                        .toList());
    }

    CompletionStage<HistoryPage> page(Topic topic, Position after, String epoch) {
        return pages.read(topic, after, epoch);
    }

    /**
     * Somebody on this node wants these topics. To be taken back once with {@link #release}.
     *
     * @param pattern the topics
     */
    public void acquire(TopicPattern pattern) {
        interest.acquire(pattern);
    }

    /**
     * Takes back {@link #acquire}.
     *
     * @param pattern the topics
     */
    public void release(TopicPattern pattern) {
        interest.release(pattern);
    }

    /**
     * Whether somebody on this node wants a topic.
     *
     * @param topic the topic
     * @return true if a pattern that is acquired matches it
     */
    public boolean isWanted(Topic topic) {
        return interest.isWanted(topic);
    }

    /**
     * The topics that this node knows.
     *
     * @return a live view
     */
    public Collection<NodeTopic> topics() {
        return topics.values();
    }

    /**
     * The records of the logs in other framings.
     *
     * @return shared by all loops
     */
    public DerivedFrames derivedFrames() {
        return derived;
    }

    /**
     * Counts and sizes.
     *
     * @return a snapshot
     */
    public NodeStats stats() {
        return new NodeStats(
                topics.size(),
                records.sum(),
                missed.count(),
                pool.usedBytes(),
                pool.reservedBytes(),
                reclaimer.reclaimedBytes(),
                latestBudget.usedBytes(),
                derived.usedBytes(),
                pages.keptBytes(),
                latestBudget.droppedKeys(),
                pages.droppedPages());
    }

    // ---- for NodeTopic

    NodeClock clock() {
        return clock;
    }

    TopicLog newLog(Position base) {
        return new TopicLog(base, retention, latestBudget, pool);
    }

    void born(NodeTopic topic) {
        for (Consumer<NodeTopic> listener : birthListeners) {
            listener.accept(topic);
        }
    }

    byte[] frame(TelemetryRecord record) {
        return framing.frame(EnvelopeCodec.encodeData(record));
    }

    void append(TopicLog log, TelemetryRecord record) {
        byte[] frame = frame(record);
        if (frame.length <= limits.maxFrameBytes() && appendMakingRoom(log, record, frame)) {
            records.increment();
        } else {
            // Readers are told by a gap; better than to stop the feed of every topic.
            missed(record.topic(), 1);
            log.skipTo(record.seq() + 1);
        }
    }

    private boolean appendMakingRoom(TopicLog log, TelemetryRecord record, byte[] frame) {
        int round = reclaimer.round();
        boolean appended = log.append(record, frame);
        for (int attempt = 0; !appended && attempt < ATTEMPTS_TO_MAKE_ROOM; attempt++) {
            if (!reclaimer.makeRoom(TopicLog.memoryFor(frame.length), round)) {
                return false;
            }
            round = reclaimer.round();
            appended = log.append(record, frame);
        }
        return appended;
    }

    void missed(Topic topic, long count) {
        missed.add(topic, count);
    }

    void readHistory(Topic topic, Position after, BiConsumer<@Nullable History, @Nullable Throwable> then) {
        questions.history(topic, after).whenComplete(then);
    }

    void readLatest(Topic topic, BiConsumer<@Nullable Optional<LatestRecords>, @Nullable Throwable> then) {
        questions.latest(topic).whenComplete(then);
    }

    void repairFailed(NodeTopic topic, @Nullable Throwable error) {
        LOG.debug("cannot read the missing records of {}, trying again: {}", topic.topic(), String.valueOf(error));
        try {
            housekeeping.schedule(topic::retryRepair, REPAIR_RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server is closing: {} stays as it is", topic.topic());
        }
    }

    private NodeTopic topic(Topic topic) {
        NodeTopic known = topics.get(topic);
        return known != null ? known : topics.computeIfAbsent(topic, absent -> new NodeTopic(absent, this));
    }

    private void expire() {
        long now = clock.wallMillis();
        for (NodeTopic topic : topics.values()) {
            TopicLog log = topic.log();
            if (log != null) {
                log.expire(now);
            }
        }
        pages.dropOld();
    }

    private final class Feed implements Broadcaster.Sink {
        @Override
        public void onRecords(Topic topic, String epoch, List<TelemetryRecord> records) {
            topic(topic).onRecords(epoch, records);
        }

        @Override
        public void onHead(Topic topic, Position head) {
            topic(topic).learnHead(head);
        }

        @Override
        public void onEpochChange(EpochChange change) {
            topic(change.topic()).onEpochChange(change);
        }

        @Override
        public void onState(Broadcaster.State state) {
            for (Consumer<Broadcaster.State> listener : stateListeners) {
                listener.accept(state);
            }
        }
    }
}
