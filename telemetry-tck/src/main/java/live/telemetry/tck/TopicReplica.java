package live.telemetry.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import org.jspecify.annotations.Nullable;

/**
 * One topic of a {@link NodeModel}.
 *
 * <p>Two rules carry it. Only a record of the present epoch with the next number is appended at once; everything else makes
 * it ask history, from its own position. And an answer counts only for the position that was asked about: if it names
 * another epoch and the position has moved meanwhile, it is thrown away and asked for anew. At most one question is under
 * way. All fields are guarded by the monitor, which is never held while the broadcaster is called.
 */
final class TopicReplica {

    /** What a delivery does; true if history must be asked. */
    interface Delivery {
        boolean apply(TopicReplica replica);
    }

    private final Topic topic;
    private final NodeModel node;
    private final AtomicBoolean delivering = new AtomicBoolean();

    private final List<LogEntry> entries = new ArrayList<>();
    private Position position = Position.NONE;
    private boolean asking;
    private boolean askAgain;

    TopicReplica(Topic topic, NodeModel node) {
        this.topic = topic;
        this.node = node;
    }

    synchronized ReplicaLog log() {
        return new ReplicaLog(topic, position, entries);
    }

    void deliver(Delivery delivery) {
        if (!delivering.compareAndSet(false, true)) {
            violation("two calls of the sink at the same time");
            return;
        }
        try {
            boolean ask;
            synchronized (this) {
                ask = delivery.apply(this);
            }
            if (ask) {
                ask(Duration.ZERO);
            }
        } finally {
            delivering.set(false);
        }
    }

    boolean records(String epoch, List<TelemetryRecord> records) {
        if (!Position.isEpoch(epoch) || !contiguous(records) || records.isEmpty()) {
            violation("records must be contiguous, at least one, and of an epoch: " + epoch + " " + numbers(records));
            return false;
        }
        boolean firstOfAll = entries.isEmpty() && records.get(0).seq() == 1;
        if (firstOfAll && !asking) {
            enter(epoch);
        }
        if (!epoch.equals(position.epoch())) {
            return true;
        }
        append(records);
        return records.get(records.size() - 1).seq() > position.seq();
    }

    boolean head(Position head) {
        if (head.equals(Position.NONE)) {
            violation("a head without an epoch was announced");
            return false;
        }
        return !head.epoch().equals(position.epoch()) || head.seq() > position.seq();
    }

    boolean epochChange(Broadcaster.EpochChange change) {
        if (change.epoch().equals(change.previousEpoch()) || !Position.isEpoch(change.epoch())) {
            violation("not a change of epochs: " + change);
            return false;
        }
        if (position.epoch().equals(change.epoch())) {
            return false;
        }
        if (position.epoch().equals(change.previousEpoch())) {
            Long kept = change.keptUpTo();
            if (kept == null) {
                lose(GapReason.EPOCH_CHANGED, 1, 0, change.epoch(), 1);
            } else if (kept < position.seq()) {
                lose(GapReason.ROLLED_BACK, kept + 1, position.seq(), change.epoch(), kept + 1);
            } else {
                enter(change.epoch());
            }
        }
        return true;
    }

    private void ask(Duration delay) {
        synchronized (this) {
            if (asking) {
                askAgain = true;
                return;
            }
            asking = true;
        }
        node.scheduler().after(delay, this::askNow);
    }

    private void askNow() {
        Position after;
        synchronized (this) {
            askAgain = false;
            after = position;
        }
        node.broadcaster()
                .history(topic, after, NodeModel.PAGE)
                .whenComplete((history, failure) -> answered(after, history, failure));
    }

    private void answered(Position after, @Nullable History history, @Nullable Throwable failure) {
        boolean again;
        boolean progress;
        synchronized (this) {
            asking = false;
            if (history != null) {
                apply(after, history);
            }
            progress = history != null && !after.equals(position);
            boolean behind = history != null
                    && history.head().epoch().equals(position.epoch())
                    && history.head().seq() > position.seq();
            again = askAgain || failure != null || behind;
        }
        if (again) {
            ask(progress ? Duration.ZERO : NodeModel.RETRY_DELAY);
        }
    }

    private void apply(Position after, History history) {
        if (!sound(after, history)) {
            return;
        }
        boolean sameEpoch = history.head().epoch().equals(after.epoch());
        boolean onlyGrown = sameEpoch && position.epoch().equals(after.epoch());
        boolean mayAppend = history.continuity() == History.Continuity.CONTINUES
                || history.continuity() == History.Continuity.EXPIRED;
        if (!position.equals(after) && !(onlyGrown && mayAppend)) {
            askAgain = true;
            return;
        }
        String epoch = history.head().epoch();
        long next = history.next();
        switch (history.continuity()) {
            case CONTINUES -> enter(epoch);
            case EXPIRED -> {
                enter(epoch);
                if (next > position.seq() + 1) {
                    lose(GapReason.EXPIRED, position.seq() + 1, next - 1, epoch, next);
                }
            }
            case ROLLED_BACK -> lose(GapReason.ROLLED_BACK, next, after.seq(), epoch, next);
            case EPOCH_CHANGED -> lose(GapReason.EPOCH_CHANGED, 1, next - 1, epoch, next);
        }
        append(history.records());
    }

    private boolean sound(Position after, History history) {
        long next = history.next();
        List<TelemetryRecord> records = history.records();
        boolean continuityFits = switch (history.continuity()) {
            case CONTINUES -> next == after.seq() + 1;
            case EXPIRED -> next > after.seq() + 1;
            case ROLLED_BACK -> next >= 1 && next <= after.seq();
            case EPOCH_CHANGED -> next >= 1 && !history.head().epoch().equals(after.epoch());
        };
        boolean recordsFit = contiguous(records)
                && records.size() <= NodeModel.PAGE
                && (records.isEmpty()
                        || (records.get(0).seq() == next
                                && records.get(records.size() - 1).seq()
                                        <= history.head().seq()));
        boolean headFits = next <= history.head().seq() + 1;
        if (!continuityFits || !recordsFit || !headFits) {
            violation("history after " + after + " answered " + history.continuity() + ", head " + history.head()
                    + ", next " + next + ", records " + numbers(records));
            return false;
        }
        return true;
    }

    private void enter(String epoch) {
        if (!epoch.equals(position.epoch())) {
            entries.add(new LogEntry.Continued(position.epoch(), epoch, position.seq()));
            position = new Position(epoch, position.seq());
        }
    }

    private void lose(GapReason reason, long from, long to, String epoch, long next) {
        entries.add(new LogEntry.Lost(reason, position.epoch(), from, to, epoch, next));
        position = epoch.isEmpty() ? Position.NONE : new Position(epoch, next - 1);
    }

    private void append(List<TelemetryRecord> records) {
        for (TelemetryRecord record : records) {
            if (record.seq() == position.seq() + 1) {
                entries.add(new LogEntry.Received(position.epoch(), record));
                position = new Position(position.epoch(), record.seq());
            }
        }
    }

    private boolean contiguous(List<TelemetryRecord> records) {
        for (int i = 0; i < records.size(); i++) {
            TelemetryRecord record = records.get(i);
            if (!record.topic().equals(topic) || record.seq() != records.get(0).seq() + i) {
                return false;
            }
        }
        return true;
    }

    private static List<Long> numbers(List<TelemetryRecord> records) {
        return records.stream().map(TelemetryRecord::seq).toList();
    }

    private void violation(String what) {
        node.violation(topic + ": " + what);
    }
}
