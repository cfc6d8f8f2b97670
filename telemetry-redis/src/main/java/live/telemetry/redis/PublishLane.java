package live.telemetry.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The publishes of one partition: a queue, and one batch under way, which keeps their order through repetitions. All fields
 * are guarded by the monitor; callers add, the publisher takes, the timer expires.
 */
final class PublishLane {

    private final Partition partition;
    private final Deque<PendingPublish> queue = new ArrayDeque<>();
    private @Nullable PublishBatch batch;
    private long lastNumber;
    private boolean sent;
    private long notBeforeNanos;

    PublishLane(Partition partition) {
        this.partition = partition;
    }

    Partition partition() {
        return partition;
    }

    synchronized void add(PendingPublish publish) {
        queue.add(publish);
    }

    /**
     * The batch to send now: the one that has no answer yet, else what waits.
     *
     * @return null if there is nothing to send now
     */
    synchronized @Nullable PublishBatch next(long nowNanos) {
        if (batch != null && batch.isAnswered()) {
            // All that was in it has failed. Should it come through late, its number lies below the next one's.
            batch = null;
        }
        if (batch == null) {
            batch = gather();
            notBeforeNanos = nowNanos;
            sent = false;
        }
        return batch != null && nowNanos - notBeforeNanos >= 0 ? batch : null;
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
    }

    synchronized void tryAgain(long atNanos) {
        notBeforeNanos = atNanos;
    }

    /** When the present batch may be sent again; null if there is none. */
    synchronized @Nullable Long nextAttemptNanos() {
        return batch == null ? null : notBeforeNanos;
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
        return all;
    }
}
