package live.telemetry.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.core.History.Continuity;
import org.jspecify.annotations.Nullable;

/**
 * The broadcaster of a single node: counters, and nothing beyond the node. A record reaches the sink in the thread that
 * publishes it, before the stage completes. Its epoch is new with each instance, since its history ends with the process.
 *
 * <p>Memory: one counter a topic, at most {@link #maxTopics}; a record for a further topic is refused with {@code
 * TOO_MANY_TOPICS}.
 */
public final class LocalBroadcaster implements Broadcaster {

    /** Topics that an instance takes unless it is told otherwise. */
    public static final int DEFAULT_MAX_TOPICS = 200_000;

    private final String epoch =
            "L" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 50), Character.MAX_RADIX);
    private final int maxTopics;
    private final Map<Topic, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicInteger topicCount = new AtomicInteger();
    private volatile @Nullable Sink sink;
    private volatile boolean closed;

    /** A broadcaster that takes {@value #DEFAULT_MAX_TOPICS} topics. */
    public LocalBroadcaster() {
        this(DEFAULT_MAX_TOPICS);
    }

    /**
     * A broadcaster with another bound.
     *
     * @param maxTopics topics that it takes, at least 1
     */
    public LocalBroadcaster(int maxTopics) {
        if (maxTopics < 1) {
            throw new IllegalArgumentException("maxTopics must be at least 1: " + maxTopics);
        }
        this.maxTopics = maxTopics;
    }

    @Override
    public void start(Sink sink) {
        if (this.sink != null) {
            throw new IllegalStateException("a broadcaster is started once; give every server one of its own");
        }
        this.sink = sink;
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        Sink target = sink;
        if (target == null || closed) {
            String why = closed ? "the broadcaster is closed" : "the broadcaster is not started";
            return CompletableFuture.failedFuture(new TelemetryException(ErrorCode.UNAVAILABLE, why));
        }
        Counter counter = counters.get(publication.topic());
        if (counter == null) {
            counter = counters.computeIfAbsent(publication.topic(), topic -> newCounter());
            if (counter == null) {
                return CompletableFuture.failedFuture(new TelemetryException(
                        ErrorCode.TOO_MANY_TOPICS,
                        "there are " + maxTopics + " topics already; raise maxTopics, or use keys instead of topics"));
            }
        }
        return CompletableFuture.completedFuture(new Position(epoch, counter.deliver(publication, epoch, target)));
    }

    private @Nullable Counter newCounter() {
        if (topicCount.incrementAndGet() > maxTopics) {
            topicCount.decrementAndGet();
            return null;
        }
        return new Counter();
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        // Every record is on this node anyway.
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        Counter counter = counters.get(topic);
        long head = counter == null ? 0 : counter.head();
        return CompletableFuture.completedFuture(history(after, head));
    }

    private History history(Position after, long head) {
        if (head == 0) {
            // Sessions learn the new epoch with seq 0 just before the first record counts.
            boolean nothingBefore = after.seq() == 0
                    && (after.epoch().isEmpty() || after.epoch().equals(epoch));
            return new History(
                    nothingBefore ? Continuity.CONTINUES : Continuity.EPOCH_CHANGED, Position.NONE, 1, List.of());
        }
        Position newest = new Position(epoch, head);
        boolean ofThisEpoch = after.epoch().equals(epoch) || after.equals(Position.NONE);
        if (!ofThisEpoch) {
            return new History(Continuity.EPOCH_CHANGED, newest, head + 1, List.of());
        }
        if (after.seq() > head) {
            return new History(Continuity.ROLLED_BACK, newest, head + 1, List.of());
        }
        Continuity continuity = after.seq() == head ? Continuity.CONTINUES : Continuity.EXPIRED;
        return new History(continuity, newest, head + 1, List.of());
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        Map<Topic, Position> heads = new HashMap<>();
        if (pattern.isExact()) {
            pattern.exactTopic().ifPresent(topic -> addHead(heads, topic, counters.get(topic)));
        } else {
            counters.forEach((topic, counter) -> {
                if (pattern.matches(topic)) {
                    addHead(heads, topic, counter);
                }
            });
        }
        return CompletableFuture.completedFuture(heads);
    }

    private void addHead(Map<Topic, Position> heads, Topic topic, @Nullable Counter counter) {
        long head = counter == null ? 0 : counter.headOnceBorn();
        if (head > 0) {
            heads.put(topic, new Position(epoch, head));
        }
    }

    @Override
    public State state() {
        return closed ? State.DOWN : State.UP;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** The lock of a topic: numbers are given and delivered under it, so that the sink sees them in order. */
    private static final class Counter {
        private volatile long head;

        synchronized long deliver(Publication publication, String epoch, Sink sink) {
            long seq = head + 1;
            sink.onRecords(publication.topic(), epoch, List.of(publication.toRecord(seq)));
            head = seq;
            return seq;
        }

        long head() {
            return head;
        }

        /**
         * Waits for a first record that is just being delivered. The sink knows of the topic already, so whoever looks for
         * it now and does not find it would never hear of it.
         */
        long headOnceBorn() {
            if (head > 0) {
                return head;
            }
            synchronized (this) {
                return head;
            }
        }
    }
}
