package live.telemetry.client;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.client.ModelWire.Faults;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** Where a {@link ModelSession} stands in one topic: what the server's cursor does, without bytes and batches. */
final class ModelCursor {

    final ModelTopic log;
    private final ModelWire wire;
    ModelSubscription owner;

    private Standing at = new Standing();
    private @Nullable Standing before;

    private static final class Standing {
        Position position = Position.NONE;
        boolean unplaced;
        boolean lenient;
        boolean announced = true;

        @Nullable
        Long id;

        boolean recovered = true;

        @Nullable
        Integer snapshot;

        @Nullable
        Continuity loss;

        List<ModelTopic.Entry> snapshotLeft = new ArrayList<>();
    }

    ModelCursor(ModelTopic log, ModelWire wire, ModelSubscription owner) {
        this.log = log;
        this.wire = wire;
        this.owner = owner;
    }

    boolean isConflated() {
        return owner.request.mode() instanceof Mode.Conflated;
    }

    boolean awaitsLookUp() {
        return at.unplaced;
    }

    @Nullable
    Long requestId() {
        return at.announced ? null : at.id;
    }

    // ---- where to begin

    void begin(ModelSubscription subscription, Since since, @Nullable Long id) {
        before = subscription == owner ? null : at;
        boolean conflated = subscription.request.mode() instanceof Mode.Conflated;
        Standing begun = new Standing();
        begun.id = id;
        begun.announced = false;
        if (since instanceof Since.After after) {
            place(begun, after.position(), conflated);
        } else if (since instanceof Since.Snapshot) {
            begun.position = log.head();
            begun.snapshotLeft = new ArrayList<>(log.latest(0));
            begun.snapshot = begun.snapshotLeft.size();
            begun.snapshotLeft.forEach(entry -> log.snapshotSerial = Math.max(log.snapshotSerial, entry.serial()));
        } else if (log.isBorn()) {
            long head = log.head().seq();
            long wanted = since instanceof Since.Start
                    ? 0
                    : since instanceof Since.Last last ? Math.max(0, head - last.records()) : head;
            begun.position = new Position(log.epoch(), wanted);
            begun.unplaced = !conflated && wanted + 1 < log.first();
            begun.lenient = begun.unplaced;
        }
        at = begun;
        owner = subscription;
    }

    private void place(Standing begun, Position after, boolean conflated) {
        boolean fromFirst = after.equals(Position.NONE);
        begun.position = after;
        if (!log.isBorn()) {
            begun.unplaced = !fromFirst;
        } else if (fromFirst && (log.first() == 1 || conflated)) {
            begun.position = new Position(log.epoch(), 0);
        } else {
            boolean inLog = log.epoch().equals(after.epoch())
                    && after.seq() <= log.head().seq()
                    && (conflated || after.seq() + 1 >= log.first());
            begun.unplaced = !inLog;
        }
    }

    void beginAtBirth() {
        at = new Standing();
        before = null;
    }

    void continueFor(ModelSubscription subscription, @Nullable Long id) {
        owner = subscription;
        if (isConflated() && at.loss == Continuity.EXPIRED) {
            at.loss = null;
        }
        at.recovered |= at.announced;
        at.snapshot = at.snapshotLeft.isEmpty() && at.announced
                ? null
                : at.snapshotLeft.isEmpty() ? at.snapshot : Integer.valueOf(at.snapshotLeft.size());
        at.announced = false;
        at.id = id;
    }

    /** Before an unsubscribe takes it away; false if the request is to be refused. */
    boolean answerWaiting() {
        if (at.announced || at.id == null) {
            return true;
        }
        if (at.unplaced) {
            goBack();
            return false;
        }
        wire.say(describe(), Faults.NONE);
        at.announced = true;
        return true;
    }

    void goBack() {
        if (before != null) {
            at = before;
            before = null;
        }
    }

    // ---- writing

    /** The broadcaster has answered where this is to begin. */
    void lookedUp() {
        at.unplaced = false;
        before = null;
        if (at.lenient) {
            at.lenient = false;
            at.position = log.isBorn() ? new Position(log.epoch(), log.first() - 1) : Position.NONE;
            return;
        }
        look();
    }

    private void look() {
        Continuity continuity = log.continuity(at.position);
        boolean expired = continuity == Continuity.EXPIRED;
        boolean known = !at.position.equals(Position.NONE);
        if ((continuity == Continuity.CONTINUES || expired)
                && known
                && !log.epoch().equals(at.position.epoch())) {
            at.position = new Position(log.epoch(), at.position.seq());
            if (at.announced) {
                announceUnasked();
            }
        }
        if (continuity != Continuity.CONTINUES && !(expired && isConflated())) {
            at.recovered &= at.announced;
            at.loss = continuity;
        } else if (!known && log.isBorn()) {
            at.position = new Position(log.epoch(), 0);
            if (at.announced) {
                announceUnasked();
            }
        }
    }

    private void announceUnasked() {
        at.announced = false;
        at.id = null;
        at.recovered = true;
        at.snapshot = null;
    }

    /** Writes at most so many records. */
    void fill(int room) {
        if (at.unplaced) {
            return;
        }
        sayFirst();
        int left = room;
        while (left > 0 && !at.snapshotLeft.isEmpty()) {
            ModelTopic.Entry entry = at.snapshotLeft.remove(0);
            wire.say(new Data(ModelWire.record(log, entry)), Faults.NONE);
            left--;
        }
        while (left > 0 && at.snapshotLeft.isEmpty()) {
            if (!log.isBorn() && at.position.epoch().isEmpty()) {
                return;
            }
            if (log.isBorn() && at.position.epoch().isEmpty()) {
                at.position = new Position(log.epoch(), 0);
                announceUnasked();
            }
            boolean inLog = log.isBorn()
                    && log.epoch().equals(at.position.epoch())
                    && at.position.seq() <= log.head().seq()
                    && (isConflated() || at.position.seq() + 1 >= log.first());
            if (!inLog) {
                look();
            }
            sayFirst();
            if (at.position.seq() >= log.head().seq()) {
                if (log.epoch().equals(at.position.epoch())) {
                    return;
                }
                continue;
            }
            if (isConflated()) {
                log.latest(at.position.seq())
                        .forEach(entry -> wire.say(new Data(ModelWire.record(log, entry)), Faults.REPEAT));
                at.position = log.head();
                return;
            }
            long next = at.position.seq() + 1;
            if (next >= log.first() && log.epoch().equals(at.position.epoch())) {
                wire.say(new Data(log.record(next)), Faults.ANY);
                at.position = new Position(log.epoch(), next);
                left--;
            }
        }
    }

    private void sayFirst() {
        if (!at.announced) {
            wire.say(describe(), Faults.NONE);
            at.announced = true;
        }
        if (at.loss != null) {
            at.loss = null;
            tellLoss();
        }
    }

    /** As it is by now; what has come to another epoch meanwhile is looked at again. */
    private void tellLoss() {
        Position position = at.position;
        String epoch = log.epoch();
        Continuity loss = log.continuity(position);
        boolean elsewhere = !position.equals(Position.NONE) && !position.epoch().equals(epoch);
        if (loss == Continuity.CONTINUES || (loss == Continuity.EXPIRED && elsewhere)) {
            return;
        }
        long after = position.seq();
        long next;
        switch (loss) {
            case EXPIRED -> {
                next = Math.max(log.first(), after + 1);
                if (next > after + 1) {
                    Faults faults = position.epoch().equals(epoch) ? Faults.ANY : Faults.NONE;
                    wire.say(
                            new Gap(null, log.topic, epoch, after + 1, next - 1, next, GapReason.EXPIRED, null),
                            faults);
                }
            }
            case EPOCH_CHANGED -> {
                next = log.first();
                wire.say(
                        new Gap(null, log.topic, epoch, 1, next - 1, next, GapReason.EPOCH_CHANGED, null), Faults.NONE);
            }
            default -> {
                next = log.kept(position.epoch()) + 1;
                wire.say(
                        new Gap(null, log.topic, epoch, next, after, next, GapReason.ROLLED_BACK, position.epoch()),
                        Faults.NONE);
            }
        }
        at.position = epoch.isEmpty() ? Position.NONE : new Position(epoch, next - 1);
    }

    private Subscribed describe() {
        TopicPattern pattern = owner.isExact() ? null : owner.pattern();
        boolean sameEpoch = log.isBorn() && log.epoch().equals(at.position.epoch());
        long head = log.head().seq();
        return new Subscribed(
                at.id,
                log.topic,
                pattern,
                at.position,
                sameEpoch ? Math.max(head, at.position.seq()) : head,
                at.recovered,
                at.snapshot);
    }

    static Since sinceOf(Subscribe request, ModelTopic log) {
        if (request.since() instanceof Since.Positions positions) {
            Position known = positions.positions().get(log.topic);
            return known == null ? Since.START : Since.after(known);
        }
        return request.since();
    }
}
