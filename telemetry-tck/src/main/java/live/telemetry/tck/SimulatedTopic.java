package live.telemetry.tck;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/**
 * One topic in the simulated store. Its numbers go on over a failover; {@code kept} has, for each epoch from which the
 * present one goes on, the last number of it that is still valid. Guarded by the store.
 */
final class SimulatedTopic {

    private final Topic topic;
    private final Deque<TelemetryRecord> records = new ArrayDeque<>();
    private final Map<String, Long> kept = new HashMap<>();
    private final Set<String> dead = new HashSet<>();
    private String epoch = "";
    private String lastEpoch = "";
    private long head;

    SimulatedTopic(Topic topic) {
        this.topic = topic;
    }

    Position head() {
        return epoch.isEmpty() ? Position.NONE : new Position(epoch, head);
    }

    List<TelemetryRecord> records() {
        return List.copyOf(records);
    }

    /** Opens an epoch if there is none; the change is to be told if there was one before. */
    @Nullable
    EpochChange open(String newEpoch) {
        String before = lastEpoch;
        epoch = newEpoch;
        lastEpoch = newEpoch;
        head = 0;
        return before.isEmpty() ? null : new EpochChange(topic, before, null, newEpoch);
    }

    TelemetryRecord append(Publication publication, int retention) {
        head++;
        TelemetryRecord record = publication.toRecord(head);
        records.add(record);
        trim(retention);
        return record;
    }

    void trim(int retention) {
        while (records.size() > retention) {
            records.remove();
        }
    }

    /** The store has restarted without its newest records; null if it has none of this topic now. */
    @Nullable
    EpochChange failOver(int lost, String newEpoch) {
        long cut = Math.max(0, head - lost);
        if (cut == 0) {
            loseHistory();
            return null;
        }
        while (!records.isEmpty() && records.getLast().seq() > cut) {
            records.removeLast();
        }
        EpochChange change = new EpochChange(topic, epoch, cut, newEpoch);
        kept.replaceAll((old, upTo) -> Math.min(upTo, cut));
        kept.put(epoch, cut);
        epoch = newEpoch;
        lastEpoch = newEpoch;
        head = cut;
        return change;
    }

    void loseHistory() {
        dead.addAll(kept.keySet());
        kept.clear();
        if (!epoch.isEmpty()) {
            dead.add(epoch);
        }
        records.clear();
        epoch = "";
        head = 0;
    }

    boolean lost(Position position) {
        Long upTo = kept.get(position.epoch());
        return dead.contains(position.epoch()) || (upTo != null && position.seq() > upTo);
    }

    History history(Position after, int limit) {
        boolean none = after.equals(Position.NONE);
        if (epoch.isEmpty()) {
            return new History(none ? Continuity.CONTINUES : Continuity.EPOCH_CHANGED, Position.NONE, 1, List.of());
        }
        Long upTo = none || after.epoch().equals(epoch) ? Long.valueOf(head) : kept.get(after.epoch());
        long first = head - records.size() + 1;
        if (upTo == null) {
            return answer(Continuity.EPOCH_CHANGED, first, limit);
        }
        if (after.seq() > upTo) {
            return answer(Continuity.ROLLED_BACK, upTo + 1, limit);
        }
        long next = Math.max(first, after.seq() + 1);
        return answer(next == after.seq() + 1 ? Continuity.CONTINUES : Continuity.EXPIRED, next, limit);
    }

    private History answer(Continuity continuity, long next, int limit) {
        List<TelemetryRecord> page = new ArrayList<>();
        boolean expired = next < head - records.size() + 1;
        for (TelemetryRecord record : records) {
            if (!expired && record.seq() >= next && page.size() < limit) {
                page.add(record);
            }
        }
        return new History(continuity, head(), next, page);
    }
}
