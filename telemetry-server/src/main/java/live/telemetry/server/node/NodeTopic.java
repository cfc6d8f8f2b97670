package live.telemetry.server.node;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.server.log.TopicLog;
import org.jspecify.annotations.Nullable;

/**
 * A topic on this node: its log, and whoever wants to know when the log changes.
 *
 * <p>The feed (what comes from the broadcaster) may lag, repeat and leave holes. What is known already is dropped; at a hole
 * the missing records are read from the broadcaster's history before anything behind them is appended; one such repair runs
 * at a time.
 *
 * <p>Threads: the feed holds this object's lock, which also orders it with repairs that complete on other threads. The log
 * and the watchers may be read by any thread without it.
 */
public final class NodeTopic {

    private final Topic topic;
    private final Node node;
    private final CopyOnWriteArrayList<TopicWatcher> watchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable TopicLog log;
    private volatile long lastAppendNanos;

    // Guarded by this.
    private boolean repairing;
    private Position knownHead = Position.NONE;

    NodeTopic(Topic topic, Node node) {
        this.topic = topic;
        this.node = node;
    }

    /**
     * Which topic it is.
     *
     * @return the topic
     */
    public Topic topic() {
        return topic;
    }

    /**
     * The log of the current epoch.
     *
     * @return null while the topic has no record, anywhere
     */
    public @Nullable TopicLog log() {
        return log;
    }

    /**
     * Adds somebody who wants to know when the log changes, or is replaced by that of another epoch.
     *
     * @param watcher called on the thread that appends, which must not block
     */
    public void addWatcher(TopicWatcher watcher) {
        watchers.add(watcher);
    }

    /**
     * Takes back {@link #addWatcher}.
     *
     * @param watcher the same
     */
    public void removeWatcher(TopicWatcher watcher) {
        watchers.remove(watcher);
    }

    /**
     * Looks beyond the log, for whoever stands before its first record, above its head or in another epoch.
     *
     * @param after the position that the log cannot serve
     * @return the same page for everybody who asks for it at the same time
     */
    public CompletionStage<HistoryPage> page(Position after) {
        return node.page(topic, after);
    }

    boolean isIdle(long nanoTime, long idleNanos) {
        return watchers.isEmpty() && nanoTime - lastAppendNanos > idleNanos;
    }

    // ---- the feed

    void onRecords(String epoch, List<TelemetryRecord> records) {
        synchronized (this) {
            TopicLog current = log;
            if (current == null) {
                // Whatever precedes the first record that this node sees stays with the broadcaster, for those who ask.
                current = begin(new Position(epoch, records.get(0).seq() - 1));
            }
            TelemetryRecord newest = records.get(records.size() - 1);
            noteHead(new Position(epoch, newest.seq()));
            if (current.epoch().equals(epoch)) {
                append(current, records);
            }
            repairIfBehind();
        }
        changed();
    }

    /**
     * The broadcaster has records up to here, or had when it said so; what the log lacks is read from its history.
     *
     * @param head a position that the broadcaster named
     */
    public void learnHead(Position head) {
        TopicLog current = log;
        if (current != null && current.epoch().equals(head.epoch()) && current.head() >= head.seq()) {
            return;
        }
        synchronized (this) {
            if (log == null && head.seq() > 0) {
                begin(head);
            }
            noteHead(head);
            repairIfBehind();
        }
        changed();
    }

    void onEpochChange(EpochChange change) {
        synchronized (this) {
            TopicLog current = log;
            if (current == null || !current.epoch().equals(change.previousEpoch())) {
                return;
            }
            Long kept = change.keptUpTo();
            knownHead = Position.NONE;
            if (kept == null) {
                replace(current, new Position(change.epoch(), 0));
            } else {
                moveOn(current, new Position(change.epoch(), Math.min(kept, current.head())));
                noteHead(new Position(change.epoch(), kept));
                repairIfBehind();
            }
        }
        changed();
    }

    private TopicLog begin(Position base) {
        TopicLog created = node.newLog(base);
        log = created;
        node.born(this);
        return created;
    }

    private void append(TopicLog current, List<TelemetryRecord> records) {
        lastAppendNanos = System.nanoTime();
        for (TelemetryRecord record : records) {
            long next = current.head() + 1;
            if (record.seq() > next) {
                return;
            }
            if (record.seq() == next) {
                node.append(current, record);
            }
        }
    }

    private void noteHead(Position head) {
        boolean sameEpoch = head.epoch().equals(knownHead.epoch());
        if (!sameEpoch || head.seq() > knownHead.seq()) {
            knownHead = head;
        }
    }

    // ---- repair

    private void repairIfBehind() {
        TopicLog current = log;
        if (current == null || repairing || knownHead.epoch().isEmpty()) {
            return;
        }
        boolean behind = !current.epoch().equals(knownHead.epoch()) || current.head() < knownHead.seq();
        if (behind) {
            repairing = true;
            Position asked = current.headPosition();
            node.readHistory(topic, asked, (history, error) -> repaired(asked, history, error));
        }
    }

    private void repaired(Position asked, @Nullable History history, @Nullable Throwable error) {
        synchronized (this) {
            repairing = false;
            TopicLog current = log;
            if (history == null) {
                node.repairFailed(this, error);
                return;
            }
            if (current != null && current.headPosition().equals(asked)) {
                boolean progress = apply(current, history);
                if (!progress) {
                    // Nothing new, although the broadcaster spoke of more: it knows better now.
                    knownHead = history.head();
                }
            }
            repairIfBehind();
        }
        changed();
    }

    /** Asks again, some time after a repair failed. */
    void retryRepair() {
        synchronized (this) {
            repairIfBehind();
        }
    }

    private boolean apply(TopicLog current, History history) {
        Position head = history.head();
        if (head.epoch().isEmpty()) {
            log = null;
            current.dropAll();
            return true;
        }
        boolean sameEpoch = head.epoch().equals(current.epoch());
        Position base = new Position(head.epoch(), history.next() - 1);
        TopicLog target = current;
        switch (history.continuity()) {
            case CONTINUES -> {
                if (!sameEpoch) {
                    target = moveOn(current, base);
                }
            }
            case EXPIRED -> {
                if (sameEpoch) {
                    node.missed(topic, history.next() - 1 - current.head());
                    current.skipTo(history.next());
                } else {
                    target = replace(current, base);
                }
            }
            case ROLLED_BACK -> target = moveOn(current, base);
            case EPOCH_CHANGED -> target = replace(current, base);
        }
        long before = target.head();
        append(target, history.records());
        return target != current || target.head() > before || history.continuity() == History.Continuity.EXPIRED;
    }

    private TopicLog moveOn(TopicLog current, Position base) {
        TopicLog next = current.continueAs(base);
        log = next;
        return next;
    }

    private TopicLog replace(TopicLog current, Position base) {
        TopicLog next = node.newLog(base);
        log = next;
        current.dropAll();
        // Whoever looked while the store had nothing of the topic does not follow it, and wants to know.
        node.born(this);
        return next;
    }

    private void changed() {
        for (TopicWatcher watcher : watchers) {
            watcher.topicChanged();
        }
    }

    @Override
    public String toString() {
        return "NodeTopic[" + topic + ", " + log + ']';
    }
}
