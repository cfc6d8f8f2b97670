package live.telemetry.server.node;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.server.log.TopicLog;
import org.jspecify.annotations.Nullable;

/**
 * A topic on this node: its log, and whoever wants to know when the log changes.
 *
 * <p>The feed (what comes from the broadcaster) may lag, repeat and leave holes. What is known already is dropped; at a hole
 * the missing records are read from the broadcaster's history before anything behind them is appended; one such question is
 * under way at a time, and after one that did not help the next is asked some time later.
 *
 * <p>Threads: the feed holds this object's lock, which also orders it with repairs that complete on other threads. The
 * broadcaster is never asked under it, since it may hold locks of its own when it delivers. The log and the watchers may be
 * read by any thread without it.
 */
public final class NodeTopic {

    private final Topic topic;
    private final Node node;
    private final CopyOnWriteArrayList<TopicWatcher> watchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable TopicLog log;
    private volatile long lastAppendNanos;

    // Guarded by this.
    private Repair repair = Repair.NONE;
    private Position knownHead = Position.NONE;
    private @Nullable LatestReading latestReading;

    private enum Repair {
        NONE,
        /** History is being asked; whatever else shows a hole waits for the answer. */
        ASKING,
        /** History could not be had, and will be asked again. */
        WAITING
    }

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
     * @return later, the same page for everybody who asks for something in it within some seconds
     */
    public CompletionStage<HistoryPage> page(Position after) {
        TopicLog current = log;
        return node.page(topic, after, current == null ? "" : current.epoch());
    }

    /**
     * Reads the latest records of each key that the log does not know, see {@link TopicLog#hasLatestSince}.
     *
     * @return completes when the log knows them; the same for everybody who asks at the same time
     */
    public CompletionStage<Void> completeLatest() {
        LatestReading reading;
        synchronized (this) {
            TopicLog current = log;
            if (current == null) {
                return CompletableFuture.completedFuture(null);
            }
            LatestReading others = latestReading;
            if (others != null && others.log() == current) {
                return others.done();
            }
            reading = new LatestReading(this, node, current);
            latestReading = reading;
        }
        reading.done().whenComplete((done, error) -> forget(reading));
        reading.begin();
        return reading.done();
    }

    private synchronized void forget(LatestReading reading) {
        if (latestReading == reading) {
            latestReading = null;
        }
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
        }
        changed();
        repairIfBehind();
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
        }
        changed();
        repairIfBehind();
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
            }
        }
        changed();
        repairIfBehind();
    }

    private TopicLog begin(Position base) {
        TopicLog created = node.newLog(base);
        log = created;
        node.born(this);
        return created;
    }

    private void append(TopicLog current, List<TelemetryRecord> records) {
        lastAppendNanos = node.clock().nanoTime();
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

    /** Asks for what the log lacks. An answer that comes within the call is gone on from here, so that the stack stays flat. */
    private void repairIfBehind() {
        Position position;
        while ((position = nextQuestion()) != null) {
            HistoryQuestion question = new HistoryQuestion(position);
            node.readHistory(topic, position, (history, error) -> {
                boolean withinTheCall = question.isBeingAsked();
                answered(question.after(), history, error);
                if (!withinTheCall) {
                    repairIfBehind();
                }
            });
            question.wasAsked();
        }
    }

    private synchronized @Nullable Position nextQuestion() {
        TopicLog current = log;
        if (current == null || repair != Repair.NONE || !isBehind(current)) {
            return null;
        }
        repair = Repair.ASKING;
        return current.headPosition();
    }

    private boolean isBehind(TopicLog current) {
        return !knownHead.epoch().isEmpty()
                && (!current.epoch().equals(knownHead.epoch()) || current.head() < knownHead.seq());
    }

    private void answered(Position asked, @Nullable History history, @Nullable Throwable error) {
        synchronized (this) {
            repair = Repair.NONE;
            TopicLog current = log;
            if (history == null) {
                askAgainLater(error);
            } else if (current != null && current.headPosition().equals(asked) && !apply(current, history)) {
                // Nothing new, although the broadcaster spoke of more: it knows better now.
                knownHead = history.head();
                if (isBehind(current)) {
                    askAgainLater(null);
                }
            }
        }
        changed();
    }

    private void askAgainLater(@Nullable Throwable error) {
        repair = Repair.WAITING;
        node.repairFailed(this, error);
    }

    /** Asks again, some time after a repair failed. */
    void retryRepair() {
        synchronized (this) {
            repair = Repair.NONE;
        }
        repairIfBehind();
    }

    /** Whether the log has moved on by it. */
    private boolean apply(TopicLog current, History history) {
        Position head = history.head();
        if (head.epoch().isEmpty()) {
            log = null;
            knownHead = Position.NONE;
            current.end();
            return true;
        }
        boolean nothingExpired = history.next() <= current.head() + 1;
        if (history.continuity() == Continuity.EXPIRED && nothingExpired) {
            return false;
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
                node.missed(topic, history.next() - 1 - current.head());
                if (sameEpoch) {
                    current.skipTo(history.next());
                } else {
                    target = moveOn(current, base);
                }
            }
            case ROLLED_BACK -> target = moveOn(current, base);
            case EPOCH_CHANGED -> target = replace(current, base);
        }
        long before = target.head();
        append(target, history.records());
        return target != current || target.head() > before || history.continuity() == Continuity.EXPIRED;
    }

    private TopicLog moveOn(TopicLog current, Position base) {
        TopicLog next = current.continueAs(base);
        log = next;
        return next;
    }

    private TopicLog replace(TopicLog current, Position base) {
        TopicLog next = node.newLog(base);
        log = next;
        current.end();
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
