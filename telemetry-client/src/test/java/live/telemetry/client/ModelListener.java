package live.telemetry.client;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** One subscription of the application in {@link ModelRun}, which judges whatever it is told. */
final class ModelListener implements RecordListener {

    final String name;
    final TopicPattern pattern;
    final SubscribeOptions options;
    final Map<Topic, ModelTopic> logs;
    private final ModelFaults faults;
    private final Consumer<String> note;
    private final Set<Topic> everDenied;
    private final Map<Topic, Track> tracks = new HashMap<>();
    Subscription subscription;
    boolean ended;
    private boolean seenLive;

    /** What is known of one topic. */
    private static final class Track {
        /** Behind this the next record is due; null if it may begin anywhere that its beginning allows. */
        @Nullable
        Position at;
        /** Whatever was published after this one is due, once it is known. */
        long liveSerial = -1;

        long lastSerial;
        final Set<Long> told = new HashSet<>();
        /** Named by gaps. */
        final Set<Long> named = new HashSet<>();
    }

    ModelListener(
            String name,
            TopicPattern pattern,
            SubscribeOptions options,
            Map<Topic, ModelTopic> logs,
            ModelFaults faults,
            Set<Topic> everDenied,
            Consumer<String> note) {
        this.name = name;
        this.pattern = pattern;
        this.options = options;
        this.logs = logs;
        this.faults = faults;
        this.everDenied = everDenied;
        this.note = note;
        for (ModelTopic log : logs.values()) {
            if (pattern.matches(log.topic)) {
                Track track = new Track();
                track.at = wanted(log.topic);
                tracks.put(log.topic, track);
            }
        }
    }

    private @Nullable Position wanted(Topic topic) {
        if (options.since() instanceof Since.After after) {
            return after.position();
        }
        return options.since() instanceof Since.Positions positions
                ? positions.positions().get(topic)
                : null;
    }

    boolean isConflated() {
        return options.mode() instanceof Mode.Conflated;
    }

    /** The server has accepted it: whatever is published from here on is due. */
    void look(long serial, Set<Topic> denied) {
        if (!seenLive && subscription.state() == SubscriptionState.LIVE) {
            seenLive = true;
            tracks.forEach((topic, track) -> {
                track.liveSerial = denied.contains(topic) ? -1 : serial;
            });
        }
    }

    /** The rights to a topic are taken away: if it has not begun, it begins wherever it is when they come back. */
    void revoked(Topic topic) {
        Track track = tracks.get(topic);
        if (track != null) {
            track.liveSerial = -1;
        }
    }

    // ---- what it is told

    @Override
    public void onRecord(TelemetryRecord record) {
        Topic topic = record.topic();
        note.accept("  " + name + " got " + topic + "#" + record.seq() + " " + record.data());
        Track track = track(topic);
        ModelTopic log = logs.get(topic);
        long serial = Long.parseLong(record.data().text());
        ModelTopic.Entry entry = log.bySerial(serial);
        check(entry.seq() == record.seq(), topic, "a record with another's number: " + record);
        boolean ofSnapshot = options.since() instanceof Since.Snapshot && serial <= log.snapshotSerial;
        if (!(ofSnapshot && log.wasBroken())) {
            // Else nobody can tell the records of a second snapshot, in another epoch, from those of the first.
            check(track.told.add(serial), topic, "again: " + record);
            check(serial > track.lastSerial, topic, "out of order: " + record);
        }
        track.told.add(serial);
        if (!isConflated() && !follows(log, track, entry)) {
            check(false, topic, "does not follow " + track.at + ": " + record);
        }
        track.lastSerial = serial;
        track.at = new Position(entry.epoch(), entry.seq());
    }

    private boolean follows(ModelTopic log, Track track, ModelTopic.Entry entry) {
        Position before = entry.seq() == 1 ? Position.NONE : new Position(entry.epoch(), entry.seq() - 1);
        if (options.since() instanceof Since.Snapshot && (faults.losesWords() || mayBeOfSnapshot(log, track, entry))) {
            return true;
        }
        if (track.at != null) {
            // Where rights come back the topic goes on from now on, which can have the number of a position in another
            // epoch.
            boolean alike = everDenied.contains(log.topic) && !entry.epoch().equals(track.at.epoch());
            return alike || log.same(track.at, before) || (entry.seq() == 1 && track.at.seq() == 0);
        }
        boolean present = log.isOfCurrent(new Position(entry.epoch(), entry.seq()));
        if (everDenied.contains(log.topic) || faults.losesWords()) {
            // Then it begins wherever it is when it may be read, or when its beginning is not lost.
            return true;
        }
        if (options.since() instanceof Since.Last last) {
            return !present || entry.seq() <= Math.max(log.first(), log.highest() - last.records() + 1);
        }
        boolean passesOver = log.upTo(before).stream()
                .anyMatch(skipped -> skipped.seq() >= log.first() && skipped.serial() > track.liveSerial);
        if (track.liveSerial >= 0 && present && passesOver) {
            return false;
        }
        boolean fromStart = options.since() instanceof Since.Start || options.since() instanceof Since.Positions;
        return !fromStart || !present || entry.seq() <= log.first();
    }

    private static boolean mayBeOfSnapshot(ModelTopic log, Track track, ModelTopic.Entry entry) {
        if (entry.serial() > log.snapshotSerial) {
            return false;
        }
        return log.upTo(new Position(entry.epoch(), entry.seq() - 1)).stream()
                .filter(skipped -> skipped.serial() > track.lastSerial && !track.told.contains(skipped.serial()))
                .allMatch(skipped -> log.isSuperseded(skipped, log.snapshotSerial));
    }

    @Override
    public void onGap(GapEvent gap) {
        note.accept("  " + name + " got " + gap);
        Topic topic = gap.topic();
        Track track = track(topic);
        ModelTopic log = logs.get(topic);
        if (track.at != null && !isConflated()) {
            String wrong = wrongIn(gap, log, track.at);
            check(wrong == null, topic, wrong + " at " + track.at + ": " + gap);
        }
        track.at = gap.position();
        log.upTo(gap.position()).forEach(entry -> track.named.add(entry.serial()));
    }

    private @Nullable String wrongIn(GapEvent gap, ModelTopic log, Position at) {
        switch (gap.reason()) {
            case EXPIRED -> {
                if (!(gap.from() == 1 && at.seq() == 0) && !log.same(at, new Position(gap.epoch(), gap.from() - 1))) {
                    return "it begins elsewhere";
                }
                if (!gap.position().equals(new Position(gap.epoch(), gap.to()))) {
                    return "it ends elsewhere";
                }
                boolean present =
                        log.isOfCurrent(gap.position()) && !everDenied.contains(log.topic) && !faults.losesWords();
                if (present && gap.to() >= log.first() && faults.keptBack(log.topic.name(), gap.from()) == 0) {
                    return "nothing is gone";
                }
            }
            case EPOCH_CHANGED -> {
                if (log.isOfCurrent(at) && !at.equals(Position.NONE)) {
                    return "the history is the same";
                }
            }
            case ROLLED_BACK -> {
                if (at.seq() < gap.from() - 1) {
                    return "it passes records over";
                }
                Position cut = new Position(gap.epoch(), gap.from() - 1);
                if (!log.same(cut, gap.position())) {
                    return "it goes on elsewhere";
                }
            }
            default -> throw new AssertionError();
        }
        return null;
    }

    @Override
    public void onEnd(EndEvent end) {
        note.accept("  " + name + " got " + end);
        ended = true;
        boolean denied = pattern.isExact() && everDenied.contains(Topic.of(pattern.text()));
        check(denied, null, "ended for no reason: " + end);
    }

    // ---- when all is quiet

    void checkAtRest() {
        tracks.forEach((topic, track) -> checkAtRest(logs.get(topic), track));
    }

    private void checkAtRest(ModelTopic log, Track track) {
        Position reported = subscription.positions().get(log.topic);
        Position head = log.head();
        if (log.isBorn() || pattern.isExact()) {
            check(head.equals(reported), log.topic, "stands at " + reported + ", not at " + head);
        }
        if (!log.isBorn()) {
            return;
        }
        if (isConflated() && !faults.losesWords()) {
            for (ModelTopic.Entry latest : log.latest(log.first() - 1)) {
                boolean due = track.liveSerial >= 0 && latest.serial() > track.liveSerial;
                Position wanted = wanted(log.topic);
                if (wanted != null && wanted.epoch().equals(latest.epoch())) {
                    due &= latest.seq() > wanted.seq();
                }
                if (options.since() instanceof Since.Last) {
                    due &= track.told.stream().anyMatch(serial -> serial < latest.serial());
                }
                // Where numbers skip by design nobody notices that one was lost on the way.
                boolean settled = track.told.contains(latest.serial())
                        || track.named.contains(latest.serial())
                        || faults.keptBack(log.topic.name(), latest.seq()) > 0;
                check(!due || settled, log.topic, "misses the latest of a key: " + latest);
            }
        } else if (isConflated()) {
            return;
        } else if (track.at != null) {
            check(log.same(track.at, head), log.topic, "was told of all up to " + track.at + ", not " + head);
        } else if (track.liveSerial >= 0) {
            List<ModelTopic.Entry> due = log.upTo(head).stream()
                    .filter(entry -> entry.seq() >= log.first() && entry.serial() > track.liveSerial)
                    .toList();
            check(due.isEmpty(), log.topic, "was told nothing of " + due);
        }
    }

    private Track track(Topic topic) {
        Track track = tracks.get(topic);
        check(track != null, topic, "not asked for");
        return track;
    }

    private void check(boolean right, @Nullable Topic topic, String wrong) {
        if (!right) {
            throw new ModelViolation(name + " of " + topic + ": " + wrong, topic);
        }
    }
}
