package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;

/**
 * What a client knows of one topic, and holds every envelope against: each record after its position once and in order, or an
 * explicit gap that names exactly what is missing. It lives as long as the client does, over all its connections.
 */
final class ModelTopic {

    /** What is true of records, whoever sees them. */
    interface Truth {
        void saw(Topic topic, String epoch, TelemetryRecord record);

        void told(Topic topic, Position before, Gap gap);
    }

    private final Topic topic;
    private final Truth truth;

    // Where the live sequence stands.
    private String epoch = "";
    private long seq;
    private int snapshotLeft;
    private long lastOfSnapshot;
    private boolean gapMustFollow;

    /** After which position it would be resumed; null if there is none, so that it begins anew. */
    private Position resume;

    private ModelSubscription owner;
    private boolean handedBack;

    /** Whether whoever delivered last passes over numbers. */
    private boolean skips;

    // The answer of a resync that is open.
    private Resyncing bracket;
    private long bracketNext;

    // Conflation promises the latest of each key above here.
    private long floor;
    private final Map<String, Long> latest = new HashMap<>();

    ModelTopic(Topic topic, Truth truth) {
        this.topic = topic;
        this.truth = truth;
    }

    Topic topic() {
        return topic;
    }

    Position resume() {
        return resume;
    }

    Position position() {
        return new Position(epoch, seq);
    }

    ModelSubscription owner() {
        return owner;
    }

    /** What was open on a connection ends with it. */
    void disconnected() {
        owner = null;
        handedBack = false;
        bracket = null;
        gapMustFollow = false;
        snapshotLeft = 0;
    }

    /** A subscription has ended; if another one matches, it goes on at this cursor. */
    void ended(ModelSubscription subscription, boolean hasHeir) {
        if (owner == subscription) {
            owner = null;
            handedBack = true;
        }
        handedBack &= hasHeir;
    }

    /** Nobody wants it any more. */
    void forget() {
        resume = null;
        handedBack = false;
    }

    // ---- live

    void subscribed(Subscribed envelope, ModelRequest request) {
        assertThat(gapMustFollow)
                .as("a gap was announced, and %s came", envelope)
                .isFalse();
        ModelSubscription by = request.subscription();
        boolean asked = envelope.id() != null;
        Position named = request.positions().get(topic);
        boolean sameOwner = !asked && (envelope.pattern() == null || owner == by);
        // A topic without any record has no cursor that could be handed back, so a pattern begins as it asked; unless
        // the
        // topic was just born, and its cursor had not come to its first record.
        boolean untouched = envelope.position().equals(Position.NONE);
        boolean handsBack = !asked && handedBack && (!epoch.isEmpty() || untouched);
        if (sameOwner || handsBack || (owner != null && request.isNow())) {
            goesOn(envelope);
        } else if (named != null) {
            begins(envelope, named);
        } else {
            floor = envelope.snapshot() != null ? 0 : envelope.position().seq();
            latest.clear();
            beginAt(envelope);
        }
        owner = by;
        skips = by.conflated();
        handedBack = false;
        moveTo(envelope.position());
        gapMustFollow = !envelope.recovered() && !by.conflated();
    }

    /** After the position that was asked for, whatever its epoch is by now. */
    private void begins(Subscribed envelope, Position named) {
        Position position = envelope.position();
        boolean inAnotherEpoch =
                position.seq() == named.seq() && !position.epoch().isEmpty();
        assertThat(position.equals(named) || inAnotherEpoch)
                .as("asked for %s: %s", named, envelope)
                .isTrue();
        beginAt(envelope);
    }

    private void beginAt(Subscribed envelope) {
        snapshotLeft = envelope.snapshot() == null ? 0 : envelope.snapshot();
        lastOfSnapshot = 0;
        // Before the first record of a snapshot there is nothing to go on after.
        resume = snapshotLeft == 0 ? envelope.position() : null;
    }

    /** For another subscription, or in another epoch, with nothing lost; or since one that took it over could not begin. */
    private void goesOn(Subscribed envelope) {
        assertThat(stoodAt(envelope.position().seq()))
                .as("goes on at the same cursor, %s: %s", position(), envelope)
                .isTrue();
        assertThat(envelope.snapshot() == null ? 0 : envelope.snapshot())
                .as("what is left of the snapshot: %s", envelope)
                .isEqualTo(snapshotLeft);
        if (snapshotLeft == 0) {
            resume = envelope.position();
        }
    }

    /** A conflated cursor passes over records that cannot be had any more. */
    private boolean stoodAt(long number) {
        return number == seq || (skips && number > seq);
    }

    void data(TelemetryRecord record) {
        assertThat(gapMustFollow).as("a gap was announced, and %s came", record).isFalse();
        if (bracket != null) {
            assertThat(record.seq())
                    .as("in order within the resync: %s", record)
                    .isEqualTo(bracketNext);
            truth.saw(topic, bracket.epoch(), record);
            bracketNext++;
            return;
        }
        assertThat(owner).as("nobody subscribed: %s", record).isNotNull();
        assertThat(epoch).as("no record is under no epoch: %s", record).isNotEmpty();
        truth.saw(topic, epoch, record);
        if (snapshotLeft > 0) {
            assertThat(record.seq())
                    .as("of a snapshot up to %d: %s", seq, record)
                    .isGreaterThan(lastOfSnapshot)
                    .isLessThanOrEqualTo(seq);
            lastOfSnapshot = record.seq();
            snapshotLeft--;
        } else if (owner.conflated()) {
            assertThat(record.seq())
                    .as("ascending behind %s: %s", position(), record)
                    .isGreaterThan(seq);
            seq = record.seq();
        } else {
            assertThat(record.seq())
                    .as("next behind %s: %s", position(), record)
                    .isEqualTo(seq + 1);
            seq = record.seq();
        }
        latest.put(String.valueOf(record.key()), record.seq());
        resume = new Position(epoch, snapshotLeft > 0 ? record.seq() : seq);
    }

    void gap(Gap gap) {
        if (gap.id() != null) {
            gapOfResync(gap);
            return;
        }
        assertThat(bracket).as("no live gap within a resync: %s", gap).isNull();
        assertThat(owner).as("nobody subscribed: %s", gap).isNotNull();
        assertThat(snapshotLeft).as("no gap within a snapshot: %s", gap).isZero();
        truth.told(topic, position(), gap);
        gapMustFollow = false;
        switch (gap.reason()) {
            case EXPIRED -> {
                assertThat(owner.conflated())
                        .as("not sent when conflated: %s", gap)
                        .isFalse();
                assertThat(gap.from()).as("behind %s: %s", position(), gap).isEqualTo(seq + 1);
                assertThat(gap.to())
                        .as("something is missing: %s", gap)
                        .isEqualTo(gap.next() - 1)
                        .isGreaterThan(seq);
                if (!epoch.isEmpty()) {
                    assertThat(gap.epoch())
                            .as("the same epoch, at %s: %s", position(), gap)
                            .isEqualTo(epoch);
                }
                floor = Math.max(floor, gap.next() - 1);
            }
            case ROLLED_BACK -> {
                assertThat(gap.previousEpoch()).as("at %s: %s", position(), gap).isEqualTo(epoch);
                assertThat(stoodAt(gap.to())).as("at %s: %s", position(), gap).isTrue();
                assertThat(gap.from())
                        .as("at %s: %s", position(), gap)
                        .isEqualTo(gap.next())
                        .isLessThanOrEqualTo(gap.to());
                latest.values().removeIf(number -> number >= gap.next());
                floor = Math.min(floor, gap.next() - 1);
            }
            case EPOCH_CHANGED -> {
                assertThat(gap.epoch()).as("at %s: %s", position(), gap).isNotEqualTo(epoch);
                assertThat(gap.from()).isOne();
                assertThat(gap.to()).as("%s", gap).isEqualTo(gap.next() - 1);
                latest.clear();
                floor = gap.next() - 1;
            }
        }
        moveTo(gap.epoch().isEmpty() ? Position.NONE : new Position(gap.epoch(), gap.next() - 1));
        resume = position();
    }

    private void moveTo(Position position) {
        epoch = position.epoch();
        seq = position.seq();
    }

    // ---- resync

    void resyncing(Resyncing envelope) {
        assertThat(bracket).as("brackets do not nest: %s", envelope).isNull();
        bracket = envelope;
        bracketNext = envelope.from();
    }

    private void gapOfResync(Gap gap) {
        assertThat(bracket).as("within its brackets: %s", gap).isNotNull();
        assertThat(gap.id()).isEqualTo(bracket.id());
        assertThat(gap.epoch()).isEqualTo(bracket.epoch());
        assertThat(gap.from()).as("%s", gap).isEqualTo(bracketNext);
        assertThat(gap.next()).as("%s", gap).isEqualTo(gap.to() + 1).isGreaterThan(gap.from());
        bracketNext = gap.next();
    }

    void resynced(Resynced envelope) {
        assertThat(bracket).as("was opened: %s", envelope).isNotNull();
        assertThat(envelope.id()).isEqualTo(bracket.id());
        assertThat(envelope.from()).isEqualTo(bracket.from());
        assertThat(envelope.to())
                .as("the range that was answered")
                .isEqualTo(bracketNext - 1)
                .isLessThanOrEqualTo(bracket.to());
        bracket = null;
    }

    // ---- at the end

    /** Everything is calm: nothing may be missing any more. */
    void isAtHead(Position head) {
        assertThat(bracket).as("%s: a resync is answered", topic).isNull();
        assertThat(snapshotLeft).as("%s: a snapshot is complete", topic).isZero();
        assertThat(gapMustFollow).as("%s: what is announced has come", topic).isFalse();
        assertThat(position()).as("%s is at the head", topic).isEqualTo(head);
    }

    /** The record of this number is the latest of its key. */
    void hasLatest(String key, long number) {
        if (number > floor) {
            assertThat(latest.get(String.valueOf(key)))
                    .as("%s: latest of %s, promised above %d", topic, key, floor)
                    .isEqualTo(number);
        }
    }

    @Override
    public String toString() {
        return topic + " at " + position() + " by " + owner;
    }
}
