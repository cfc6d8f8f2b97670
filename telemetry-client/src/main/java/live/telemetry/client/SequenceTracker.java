package live.telemetry.client;

import java.util.Optional;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the records of one topic in one subscription against what was delivered before: nothing twice, and nothing passed
 * over without a word. It only counts; whoever owns it delivers, drops and asks again. For one thread.
 *
 * <p>The records of a snapshot are outside the sequence. While they come, {@code last} is the number of the last of them that
 * was delivered; with the final one it becomes the position that {@code subscribed} named. A connection lost between them is
 * resumed after {@code last}, as {@code docs/PROTOCOL.md} says under "Positions".
 */
final class SequenceTracker {

    /** What to do with what has come. */
    enum Verdict {
        /** It follows: deliver it, it is counted as delivered now. */
        FOLLOWS,
        /** It is known already: drop it. */
        KNOWN,
        /** Something before it is missing: nothing has moved; ask again after {@link #position()}. */
        BEYOND,
        /** The rest of a snapshot is gone: nothing has moved; ask for the snapshot again. */
        SNAPSHOT_AGAIN
    }

    private final boolean conflated;

    private @Nullable String epoch;
    private long last;
    private int snapshotLeft;
    private long snapshotEnd;
    private boolean insideSnapshot;

    /** @param conflated whether numbers skip by design */
    SequenceTracker(boolean conflated) {
        this.conflated = conflated;
    }

    /** Where to resume; empty if no position is known, or a snapshot has begun and nothing of it has come. */
    Optional<Position> position() {
        if (epoch == null || (insideSnapshot && last == 0)) {
            return Optional.empty();
        }
        return Optional.of(new Position(epoch, last));
    }

    /** {@code subscribed} named a position. */
    Verdict subscribed(Position position, @Nullable Integer snapshot) {
        boolean sameEpoch = position.epoch().equals(epoch);
        if (snapshot != null && snapshot > 0) {
            epoch = position.epoch();
            last = sameEpoch ? last : 0;
            snapshotLeft = snapshot;
            snapshotEnd = position.seq();
            insideSnapshot = true;
            return Verdict.FOLLOWS;
        }
        if (!sameEpoch || snapshot != null) {
            moveTo(sameEpoch && last > position.seq() ? new Position(position.epoch(), last) : position);
        } else if (position.seq() > last) {
            if (!conflated) {
                return Verdict.BEYOND;
            }
            last = position.seq();
        }
        return Verdict.FOLLOWS;
    }

    /** A record came. */
    Verdict record(long seq) {
        if (snapshotLeft > 0) {
            return snapshotRecord(seq);
        }
        if (seq <= last) {
            return Verdict.KNOWN;
        }
        boolean bornYet = epoch != null && !epoch.isEmpty();
        if (!bornYet || (seq != last + 1 && !conflated)) {
            return Verdict.BEYOND;
        }
        last = seq;
        insideSnapshot &= last < snapshotEnd;
        return Verdict.FOLLOWS;
    }

    private Verdict snapshotRecord(long seq) {
        boolean known = seq <= last;
        last = Math.max(last, seq);
        if (--snapshotLeft == 0) {
            insideSnapshot = false;
            last = Math.max(last, snapshotEnd);
        }
        return known ? Verdict.KNOWN : Verdict.FOLLOWS;
    }

    /** A gap came, outside a resync. */
    Verdict gap(Gap gap) {
        Position next = new Position(gap.epoch(), gap.next() - 1);
        if (gap.reason() == GapReason.EXPIRED && next.epoch().equals(epoch)) {
            if (next.seq() <= last) {
                return Verdict.KNOWN;
            }
            if (insideSnapshot) {
                return Verdict.SNAPSHOT_AGAIN;
            }
            if (gap.from() > last + 1 && !conflated) {
                return Verdict.BEYOND;
            }
        }
        moveTo(next);
        return Verdict.FOLLOWS;
    }

    /** How many of a gap's records were not delivered; to be asked before {@link #gap}. */
    long lostBy(Gap gap) {
        boolean countsHere =
                gap.reason() != GapReason.ROLLED_BACK || String.valueOf(epoch).equals(gap.previousEpoch());
        long delivered = gap.reason() == GapReason.EPOCH_CHANGED || !countsHere ? 0 : last;
        return Math.max(0, gap.to() - Math.max(gap.from(), delivered + 1) + 1);
    }

    /** Goes to a position whatever stood here before. */
    void moveTo(Position position) {
        epoch = position.epoch();
        last = position.seq();
        snapshotLeft = 0;
        insideSnapshot = false;
    }

    /** The rest of a snapshot will not come. */
    void disconnected() {
        snapshotLeft = 0;
        if (insideSnapshot && last == 0) {
            insideSnapshot = false;
            epoch = null;
        }
    }
}
