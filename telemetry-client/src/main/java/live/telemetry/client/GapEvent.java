package live.telemetry.client;

import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;

/**
 * Records that this subscription will never see.
 *
 * @param topic their topic
 * @param reason why they are gone
 * @param epoch the epoch in which {@code from} and {@code to} count
 * @param from the first number that is gone
 * @param to the last; {@code from} − 1 if nobody knows how many there were
 * @param position where delivery goes on: the next record is the one after it
 */
public record GapEvent(Topic topic, GapReason reason, String epoch, long from, long to, Position position) {

    static GapEvent of(Gap gap) {
        String countedIn = gap.previousEpoch() == null ? gap.epoch() : gap.previousEpoch();
        Position position = new Position(gap.epoch(), gap.next() - 1);
        return new GapEvent(gap.topic(), gap.reason(), countedIn, gap.from(), gap.to(), position);
    }

    /**
     * How many records are gone, as far as is known. After {@link GapReason#ROLLED_BACK} some of them may have been delivered.
     *
     * @return at least 0
     */
    public long size() {
        return Math.max(0, to - from + 1);
    }
}
