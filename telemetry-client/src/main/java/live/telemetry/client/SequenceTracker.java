package live.telemetry.client;

import java.util.Optional;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the records of one topic against what one subscription was delivered before: nothing twice, and nothing passed over
 * without a word. It only counts; whoever owns it delivers, drops and asks again. For one thread.
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
        /** Something before it is missing, after {@link #position()}. */
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

    /** Whether nothing is known yet, so that it begins wherever it is told. */
    boolean isFresh() {
        return epoch == null;
    }

    /** Whether it counts in this epoch; one without an epoch yet goes along with whichever comes first. */
    boolean countsIn(String other) {
        return epoch == null || epoch.isEmpty() || epoch.equals(other);
    }

    /** Where to resume; empty if no position is known, or a snapshot has begun and nothing of it has come. */
    Optional<Position> position() {
        if (epoch == null || (insideSnapshot && last == 0)) {
            return Optional.empty();
        }
        return Optional.of(new Position(epoch, last));
    }

    /**
     * {@code subscribed} named a position: where this begins, where it resumes, or the epoch in which its log goes on with
     * nothing lost. In the last case the numbers go on as well, so what was missing before still is.
     */
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
        if (epoch == null || snapshot != null) {
            moveTo(sameEpoch && last > position.seq() ? new Position(position.epoch(), last) : position);
            return Verdict.FOLLOWS;
        }
        epoch = position.epoch();
        // What follows is the sequence, also where a snapshot was not whole.
        snapshotLeft = 0;
        if (position.seq() > last) {
            if (!conflated) {
                return Verdict.BEYOND;
            }
            last = position.seq();
        }
        return Verdict.FOLLOWS;
    }

    /** A record came in this epoch. */
    Verdict record(String inEpoch, long seq) {
        if (inEpoch.isEmpty() || !inEpoch.equals(epoch)) {
            return Verdict.BEYOND;
        }
        if (snapshotLeft > 0) {
            return snapshotRecord(seq);
        }
        if (seq <= last) {
            return Verdict.KNOWN;
        }
        if (seq != last + 1 && !conflated) {
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
        return switch (gap.reason()) {
            case EXPIRED -> expired(gap, next);
            case EPOCH_CHANGED -> epochChanged(next);
            case ROLLED_BACK -> rolledBack(gap, next);
        };
    }

    private Verdict expired(Gap gap, Position next) {
        if (!next.epoch().equals(epoch)) {
            return epochChanged(next);
        }
        if (next.seq() <= last) {
            return Verdict.KNOWN;
        }
        if (insideSnapshot) {
            return Verdict.SNAPSHOT_AGAIN;
        }
        if (gap.from() > last + 1 && !conflated) {
            return Verdict.BEYOND;
        }
        moveTo(next);
        return Verdict.FOLLOWS;
    }

    private Verdict epochChanged(Position next) {
        if (next.epoch().equals(epoch) && next.seq() <= last) {
            // Somebody else on this connection resumed in an older epoch.
            return Verdict.KNOWN;
        }
        moveTo(next);
        return Verdict.FOLLOWS;
    }

    private Verdict rolledBack(Gap gap, Position next) {
        boolean fromHere = epoch != null && epoch.equals(gap.previousEpoch());
        boolean arrived = next.epoch().equals(epoch);
        if ((fromHere || arrived) && last < next.seq() && !conflated) {
            return Verdict.BEYOND;
        }
        if (arrived && (!fromHere || last == next.seq())) {
            // Told to somebody else on this connection, who stood further on, or in an older epoch.
            return Verdict.KNOWN;
        }
        moveTo(next);
        return Verdict.FOLLOWS;
    }

    /** How many of a gap's records were not delivered; to be asked before {@link #gap}. */
    long lostBy(Gap gap) {
        String countedIn = gap.reason() == GapReason.ROLLED_BACK ? gap.previousEpoch() : gap.epoch();
        long delivered = countedIn != null && countedIn.equals(epoch) ? last : 0;
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
    void cutOff() {
        snapshotLeft = 0;
        if (insideSnapshot && last == 0) {
            insideSnapshot = false;
            epoch = null;
        }
    }
}
