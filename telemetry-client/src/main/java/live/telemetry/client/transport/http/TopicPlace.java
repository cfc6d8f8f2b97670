package live.telemetry.client.transport.http;

import live.telemetry.core.Position;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import org.jspecify.annotations.Nullable;

/** How far the session has come in one topic, by what has passed. Only on the session's thread. */
final class TopicPlace {

    /** Whose topic it is: the pattern that brought it, or null for an exact subscription. */
    @Nullable
    TopicPattern pattern;

    private String epoch;
    private long seq;
    private int snapshotLeft;
    private long snapshotEnd;

    TopicPlace(Position position, @Nullable TopicPattern pattern) {
        this.epoch = position.epoch();
        this.seq = position.seq();
        this.pattern = pattern;
    }

    /** What to resume after. */
    Position position() {
        return new Position(epoch, seq);
    }

    void moveTo(Subscribed subscribed) {
        Integer snapshot = subscribed.snapshot();
        epoch = subscribed.position().epoch();
        snapshotLeft = snapshot == null ? 0 : snapshot;
        snapshotEnd = subscribed.position().seq();
        seq = snapshotLeft > 0 ? 0 : snapshotEnd;
    }

    /** Whether this tells more than that a stream goes on here. */
    boolean isNews(Subscribed subscribed) {
        Integer snapshot = subscribed.snapshot();
        return !subscribed.position().epoch().equals(epoch)
                || subscribed.position().seq() > seq
                || (snapshot != null && snapshot > 0);
    }

    /** Whether a record is new: one of a snapshot, or above the place. */
    boolean advance(long to) {
        if (snapshotLeft > 0) {
            seq = Math.max(seq, to);
            if (--snapshotLeft == 0) {
                seq = Math.max(seq, snapshotEnd);
            }
            return true;
        }
        if (to <= seq) {
            return false;
        }
        seq = to;
        return true;
    }

    void advance(Gap gap) {
        epoch = gap.epoch();
        seq = gap.next() - 1;
        snapshotLeft = 0;
    }

    /** Another stream follows: the rest of a snapshot comes as records after the place, if there is a rest. */
    boolean cutSnapshot() {
        boolean cut = snapshotLeft > 0;
        snapshotLeft = 0;
        return cut;
    }
}
