package live.telemetry.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/**
 * The subscription to one partition: who wants it, whether messages are missing, and comparing heads with the store where
 * they may be. The feed thread's; answers of the store are brought back to it.
 */
final class PartitionFeed {

    /** What the feed does for a partition. */
    interface Heads {
        /** The newest positions of these topics, or of all wanted ones if null. Completes on any thread. */
        CompletableFuture<Map<Topic, Position>> read(Partition partition, @Nullable List<Topic> topics);

        /** The store's counter of the partition's messages. Completes on any thread. */
        CompletableFuture<Long> counter(Partition partition);

        /** Runs it on the feed thread. */
        void post(Runnable task);

        /** Runs it on the feed thread, after a pause. */
        void later(Runnable task);

        /** What was read; on the feed thread. */
        void found(Map<Topic, Position> heads);
    }

    private static final long UNKNOWN = -1;

    private final Partition partition;
    private final Heads heads;
    private final RedisCounters counters;

    private int interested;
    private long uninterestedSinceNanos;
    private boolean subscribed;
    private @Nullable Object source;

    /** Counts acknowledgements, so that what was asked for an earlier one is not taken for this one's. */
    private int subscription;

    private long lastCounter = UNKNOWN;

    /** The counter was read from the store, so messages up to it may still come. */
    private boolean settling;

    private boolean reading;
    private boolean allWanted;
    private final Set<Topic> topicsWanted = new HashSet<>();

    PartitionFeed(Partition partition, Heads heads, RedisCounters counters) {
        this.partition = partition;
        this.heads = heads;
        this.counters = counters;
    }

    Partition partition() {
        return partition;
    }

    /** True if it is the first interest. */
    boolean acquire() {
        return interested++ == 0;
    }

    void release(long nowNanos) {
        interested--;
        uninterestedSinceNanos = nowNanos;
    }

    boolean hasLingered(long nowNanos, long lingerNanos) {
        return interested == 0 && nowNanos - uninterestedSinceNanos >= lingerNanos;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    /** Messages come from now on, and from there only: what another subscription still brings does not count any more. */
    void acknowledged(Object newSource) {
        source = newSource;
        subscribed = true;
        subscription++;
        lastCounter = UNKNOWN;
        allWanted = true;
        read();
    }

    boolean isFrom(Object subscription) {
        return subscribed && source == subscription;
    }

    void disconnected() {
        subscribed = false;
        source = null;
        subscription++;
        topicsWanted.clear();
    }

    /** Tells the heads of all wanted topics. Until there is a subscription that is left to its acknowledgement. */
    void tellHeads() {
        allWanted = true;
        read();
    }

    void tellHead(Topic topic) {
        topicsWanted.add(topic);
        read();
    }

    private void read() {
        if (!subscribed || reading || (!allWanted && topicsWanted.isEmpty())) {
            return;
        }
        reading = true;
        int mine = subscription;
        List<Topic> topics = allWanted ? null : new ArrayList<>(topicsWanted);
        boolean all = allWanted;
        allWanted = false;
        topicsWanted.clear();
        if (all) {
            counters.resyncs.increment();
        }
        // The counter first: whatever it has counted is in the heads that are read behind it.
        CompletableFuture<Long> counter = all ? heads.counter(partition) : CompletableFuture.completedFuture(UNKNOWN);
        counter.thenCombine(heads.read(partition, topics), Answer::new)
                .whenComplete((answer, error) -> heads.post(() -> answered(mine, topics, answer)));
    }

    private record Answer(long counter, Map<Topic, Position> heads) {}

    private void answered(int asked, @Nullable List<Topic> topics, @Nullable Answer answer) {
        reading = false;
        if (asked == subscription && answer != null) {
            if (lastCounter == UNKNOWN && answer.counter() != UNKNOWN) {
                lastCounter = answer.counter();
                settling = true;
            }
            heads.found(answer.heads());
        } else if (asked == subscription) {
            allWanted |= topics == null;
            topicsWanted.addAll(topics == null ? List.of() : topics);
            heads.later(this::read);
            return;
        }
        read();
    }

    /** A message came. */
    void counted(long counter) {
        boolean mayStillCome = settling && counter <= lastCounter;
        if (lastCounter != UNKNOWN && counter != lastCounter + 1 && !mayStillCome) {
            counters.holes.increment();
            tellHeads();
        }
        if (!mayStillCome) {
            lastCounter = counter;
            settling = false;
        }
    }

    /** Looks whether the last message was lost. */
    void checkTail() {
        if (subscribed) {
            long before = lastCounter;
            heads.counter(partition).thenAccept(counter -> heads.post(() -> suspect(before, counter, false)));
        }
    }

    private void suspect(long before, long counter, boolean confirmed) {
        // While messages come, they show themselves whether one is missing.
        boolean quiet = subscribed && before == lastCounter && lastCounter != UNKNOWN;
        if (!quiet || counter == lastCounter) {
            return;
        }
        if (confirmed) {
            counters.lostTails.increment();
            lastCounter = counter;
            settling = true;
            tellHeads();
        } else {
            // It may just be on its way.
            heads.later(() ->
                    heads.counter(partition).thenAccept(again -> heads.post(() -> suspect(before, again, true))));
        }
    }
}
