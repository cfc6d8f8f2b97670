package live.telemetry.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * The log of one topic in {@link ModelRun}: epochs that go on from one another up to a cut, and the first number that is still
 * retained. A record's data is its serial number, which no rollback reuses.
 */
final class ModelTopic {

    final Topic topic;

    /** Up to this serial number the latest of each key has been served as a snapshot. */
    long snapshotSerial;

    private final Map<String, Epoch> epochs = new HashMap<>();
    private final Map<Long, Entry> bySerial = new HashMap<>();
    private @Nullable Epoch current;
    private long first = 1;
    private long highest;

    ModelTopic(Topic topic) {
        this.topic = topic;
    }

    /** Its records are those of the parent up to the cut, then its own. */
    private static final class Epoch {

        final String name;
        final @Nullable Epoch parent;
        final long cut;
        final List<Entry> own = new ArrayList<>();

        Epoch(String name, @Nullable Epoch parent, long cut) {
            this.name = name;
            this.parent = parent;
            this.cut = cut;
        }

        long head() {
            return cut + own.size();
        }

        Epoch ownerOf(long seq) {
            return parent != null && seq <= cut ? parent.ownerOf(seq) : this;
        }
    }

    /** @param epoch the one in which it was published */
    record Entry(long serial, @Nullable String key, String epoch, long seq) {}

    // ---- what happens to it

    void publish(long serial, @Nullable String key) {
        if (current == null) {
            current = enter(null, 0);
            first = 1;
        }
        Entry entry = new Entry(serial, key, current.name, current.head() + 1);
        current.own.add(entry);
        highest = Math.max(highest, entry.seq());
        bySerial.put(serial, entry);
    }

    void expire(long records) {
        first = Math.min(first + records, head().seq() + 1);
    }

    /** The newest records are lost; with none of them the log goes on in another epoch. */
    void rollBack(long records) {
        if (current != null) {
            current = enter(current, Math.max(first - 1, current.head() - records));
        }
    }

    /** The history is lost. */
    void lose() {
        current = null;
        first = 1;
    }

    private Epoch enter(@Nullable Epoch parent, long cut) {
        Epoch epoch = new Epoch(topic.name().replace('.', '-') + epochs.size(), parent, cut);
        epochs.put(epoch.name, epoch);
        return epoch;
    }

    // ---- what there is

    boolean isBorn() {
        return current != null;
    }

    Position head() {
        return current == null ? Position.NONE : new Position(current.name, current.head());
    }

    String epoch() {
        return head().epoch();
    }

    long first() {
        return first;
    }

    /** Whether it has ever come to another epoch. */
    boolean wasBroken() {
        return epochs.size() > 1;
    }

    /** The highest number that it ever had. */
    long highest() {
        return highest;
    }

    Entry entry(long seq) {
        Epoch owner = Objects.requireNonNull(current).ownerOf(seq);
        return owner.own.get((int) (seq - owner.cut) - 1);
    }

    TelemetryRecord record(long seq) {
        Entry entry = entry(seq);
        return new TelemetryRecord(topic, seq, 1, entry.key(), JsonData.of(entry.serial()));
    }

    /** The latest of each key behind a number, in order. */
    List<Entry> latest(long after) {
        Map<String, Entry> latest = new LinkedHashMap<>();
        for (long seq = after + 1; seq <= head().seq(); seq++) {
            Entry entry = entry(seq);
            String key = entry.key() == null ? "" : entry.key();
            latest.remove(key);
            latest.put(key, entry);
        }
        return List.copyOf(latest.values());
    }

    Entry bySerial(long serial) {
        return Objects.requireNonNull(bySerial.get(serial), () -> "no record " + serial);
    }

    /** The records of a position's history, up to it. */
    List<Entry> upTo(Position position) {
        List<Entry> entries = new ArrayList<>();
        Epoch epoch = epochs.get(position.epoch());
        for (long seq = 1; epoch != null && seq <= Math.min(position.seq(), epoch.head()); seq++) {
            Epoch owner = epoch.ownerOf(seq);
            entries.add(owner.own.get((int) (seq - owner.cut) - 1));
        }
        return entries;
    }

    /** Whether the record is followed by another of its key, in its own history, up to a serial. */
    boolean isSuperseded(Entry entry, long upToSerial) {
        return bySerial.values().stream()
                .anyMatch(other -> other.serial() > entry.serial()
                        && other.serial() <= upToSerial
                        && Objects.equals(other.key(), entry.key()));
    }

    // ---- positions

    /** Whether both stand before the same next record. */
    boolean same(Position one, Position other) {
        return canonical(one).equals(canonical(other));
    }

    private Position canonical(Position position) {
        Epoch epoch = epochs.get(position.epoch());
        if (epoch == null || position.seq() == 0) {
            return epoch == null || isOfCurrent(position) ? Position.NONE : new Position(rootOf(epoch).name, 0);
        }
        return new Position(epoch.ownerOf(position.seq()).name, position.seq());
    }

    private static Epoch rootOf(Epoch epoch) {
        return epoch.parent == null ? epoch : rootOf(epoch.parent);
    }

    /** Whether a position is of a history that is part of the present one. */
    boolean isOfCurrent(Position position) {
        return current != null && isOf(position, current);
    }

    private static boolean isOf(Position position, Epoch epoch) {
        long cut = Long.MAX_VALUE;
        for (Epoch e = epoch; e != null; e = e.parent) {
            if (e.name.equals(position.epoch())) {
                return position.seq() <= Math.min(cut, e.head());
            }
            cut = Math.min(cut, e.cut);
        }
        return false;
    }

    /** What was kept of an epoch that the present one has come from; -1 if nothing of it. */
    long kept(String epoch) {
        long cut = Long.MAX_VALUE;
        for (Epoch e = current; e != null; e = e.parent) {
            if (e.name.equals(epoch)) {
                return Math.min(cut, e.head());
            }
            cut = Math.min(cut, e.cut);
        }
        return -1;
    }

    /** What lies behind a position, as a broadcaster tells it. */
    Continuity continuity(Position after) {
        if (after.equals(Position.NONE)) {
            return first > 1 ? Continuity.EXPIRED : Continuity.CONTINUES;
        }
        long kept = kept(after.epoch());
        if (kept < 0) {
            return Continuity.EPOCH_CHANGED;
        }
        if (after.seq() > kept) {
            return Continuity.ROLLED_BACK;
        }
        return after.seq() + 1 < first ? Continuity.EXPIRED : Continuity.CONTINUES;
    }
}
