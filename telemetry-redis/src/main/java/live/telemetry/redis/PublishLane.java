package live.telemetry.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * The publishes of one partition: a queue, and one batch under way, which keeps their order through repetitions and from one
 * master to the next. All fields are guarded by the monitor; callers add, the master's sender takes, the timer expires.
 */
final class PublishLane {

    private final Partition partition;
    private final Deque<PendingPublish> queue = new ArrayDeque<>();
    private @Nullable PublishBatch batch;
    private long lastNumber;
    private boolean sent;
    private boolean underWay;
    private long notBeforeNanos;
    private @Nullable HostAndPort master;
    /** Where to send the next attempt, and only that, since the slot is being moved there. */
    private @Nullable HostAndPort asked;

    PublishLane(Partition partition) {
        this.partition = partition;
    }

    Partition partition() {
        return partition;
    }

    synchronized void add(PendingPublish publish) {
        queue.add(publish);
    }

    /** Which master has the partition; what waits for another attempt need not wait for this one. */
    synchronized void master(@Nullable HostAndPort newMaster, long nowNanos) {
        asked = null;
        if (!Objects.equals(master, newMaster)) {
            master = newMaster;
            notBeforeNanos = nowNanos;
        }
    }

    /**
     * The batch to send now: the one that has no answer yet, else what waits. It is under way until one of {@link #stored},
     * {@link #tryAgain}, {@link #askAt}.
     *
     * @param sender the master to which it would be sent
     * @return null if there is nothing to send there now
     */
    synchronized @Nullable PublishBatch next(long nowNanos, HostAndPort sender) {
        if (underWay || !sender.equals(target())) {
            return null;
        }
        if (batch != null && batch.isAnswered()) {
            // All that was in it has failed. Should it come through late, its number lies below the next one's.
            batch = null;
        }
        if (batch == null) {
            batch = gather();
            notBeforeNanos = nowNanos;
            sent = false;
        }
        if (batch == null || nowNanos - notBeforeNanos < 0) {
            return null;
        }
        underWay = true;
        return batch;
    }

    /** Whether that master has the partition. */
    synchronized boolean isAt(HostAndPort node) {
        return node.equals(master);
    }

    private @Nullable HostAndPort target() {
        return asked == null ? master : asked;
    }

    /** Whether the batch under way goes to a node that is not the partition's master yet. */
    synchronized boolean isAsking() {
        return asked != null;
    }

    private @Nullable PublishBatch gather() {
        PublishBatch gathered = null;
        PendingPublish first;
        while ((first = queue.peek()) != null) {
            if (!first.answer().isDone()) {
                if (gathered == null) {
                    gathered = new PublishBatch(++lastNumber);
                }
                if (!gathered.hasRoomFor(first)) {
                    break;
                }
                gathered.add(first);
            }
            queue.remove();
        }
        return gathered;
    }

    /** Notes that the batch is being sent; true if it was before. */
    synchronized boolean sendingAgain() {
        boolean again = sent;
        sent = true;
        return again;
    }

    synchronized void stored() {
        batch = null;
        underWay = false;
        asked = null;
    }

    synchronized void tryAgain(long atNanos) {
        notBeforeNanos = atNanos;
        underWay = false;
        asked = null;
    }

    /** The next attempt goes to that node, at once. */
    synchronized void askAt(HostAndPort node, long nowNanos) {
        notBeforeNanos = nowNanos;
        underWay = false;
        asked = node;
    }

    /** When this sender may send the present batch again; null if it has none. */
    synchronized @Nullable Long nextAttemptNanos(HostAndPort sender) {
        return batch == null || underWay || !sender.equals(target()) ? null : notBeforeNanos;
    }

    /** Takes out what has waited for too long. What is under way is only read: it may be stored nevertheless. */
    synchronized List<PendingPublish> expired(long nowNanos) {
        List<PendingPublish> expired = new ArrayList<>();
        if (batch != null) {
            for (PendingPublish publish : batch.publishes()) {
                if (nowNanos - publish.deadlineNanos() >= 0 && !publish.answer().isDone()) {
                    expired.add(publish);
                }
            }
        }
        Iterator<PendingPublish> oldest = queue.iterator();
        while (oldest.hasNext()) {
            PendingPublish publish = oldest.next();
            if (nowNanos - publish.deadlineNanos() < 0) {
                break;
            }
            expired.add(publish);
            oldest.remove();
        }
        return expired;
    }

    synchronized List<PendingPublish> drain() {
        List<PendingPublish> all = new ArrayList<>(batch == null ? List.of() : batch.publishes());
        all.addAll(queue);
        queue.clear();
        batch = null;
        underWay = false;
        return all;
    }
}
