package live.telemetry.client;

import live.telemetry.core.Position;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/**
 * Where a topic's cursor at the server stands, as far as what it sent has been handled, and which readers are served from there.
 * Only on the loop.
 */
final class StreamCursor {

    private Position position = Position.NONE;

    /** The newest record that is known of. */
    private long head;

    /** Whether the place is an old one that was asked for, and the gap behind it has not come yet. */
    private boolean gapFollows;

    /** The epoch that has just been left for one that has what lies before. */
    private @Nullable String leftEpoch;

    String epoch() {
        return position.epoch();
    }

    long seq() {
        return position.seq();
    }

    Position position() {
        return position;
    }

    boolean gapFollows() {
        return gapFollows;
    }

    /** @param goesOn whether it goes on behind what came last, be it in another epoch */
    void moveTo(Subscribed subscribed, boolean goesOn) {
        String before = epoch();
        moveTo(subscribed.position());
        leftEpoch = goesOn && !epoch().equals(before) ? before : null;
        head = Math.max(seq(), subscribed.head());
        gapFollows = !subscribed.recovered();
    }

    void moveTo(Gap gap) {
        moveTo(new Position(gap.epoch(), gap.next() - 1));
    }

    private void moveTo(Position to) {
        head = to.epoch().equals(epoch()) ? Math.max(head, to.seq()) : to.seq();
        position = to;
        gapFollows = false;
        leftEpoch = null;
    }

    /** A record has come. */
    void passed(long seq) {
        if (seq > seq()) {
            moveTo(new Position(epoch(), seq));
        }
        gapFollows = false;
        leftEpoch = null;
    }

    /** Whether a reader comes along into the epoch that the cursor has just entered. */
    boolean comesAlong(TopicReader reader) {
        return reader.last().epoch().equals(leftEpoch) && reader.last().seq() <= seq();
    }

    /** Whether a reader stands where this cursor does not come by: in another epoch, or beyond the topic's head. */
    boolean isElsewhere(TopicReader reader) {
        return !reader.received.countsIn(epoch()) || reader.last().seq() > head;
    }

    /**
     * Whether a reader goes on where the cursor was placed on its behalf. Several readers begin together at one position, which is
     * of no use to one that stands in another epoch, or wants more than that; nor is a beginning without a position to one that has
     * one. Where the server goes on in a new epoch, only what it was asked for is known to be part of it.
     *
     * @param since what was asked for; null if nothing was
     */
    boolean isMeant(TopicReader reader, Subscribed subscribed, @Nullable Since since) {
        Position asked = Resumption.askedFor(since, reader.topic).orElse(null);
        if (reader.received.isFresh()) {
            boolean fromStart = asked == null && (since instanceof Since.Start || since instanceof Since.Positions);
            return fromStart
                    || reader.wanted instanceof Since.Now
                    || reader.wanted.equals(since)
                    || reader.subscription.wanted().equals(since);
        }
        if (asked == null) {
            return subscribed.snapshot() != null && reader.wanted instanceof Since.Snapshot;
        }
        if (asked.seq() != seq()) {
            return false;
        }
        boolean certain = asked.epoch().equals(epoch()) && subscribed.recovered();
        return certain ? !isElsewhere(reader) : reader.last().equals(asked);
    }
}
