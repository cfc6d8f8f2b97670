package live.telemetry.client;

import live.telemetry.client.SequenceTracker.Verdict;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** How far one subscription has come in one topic: what was received for it, and what its listener was given. */
final class TopicReader {

    /** So often the same place is begun anew at most; one message that is lost at the wrong moment is no gap yet. */
    static final int MAX_TIMES_BEGUN_ANEW = 2;

    final ActiveSubscription subscription;
    final Topic topic;

    // Only on the loop.
    final SequenceTracker received;

    /** Where it is to begin, while it is fresh. */
    Since wanted;

    // After which record it was begun anew, and how often.
    private @Nullable Position begunAnewAfter;
    private int timesBegunAnew;

    // Written by whoever calls the listeners, read by any thread.
    volatile @Nullable Position delivered;

    TopicReader(ActiveSubscription subscription, Topic topic, Since wanted) {
        this.subscription = subscription;
        this.topic = topic;
        this.wanted = wanted;
        this.received = new SequenceTracker(subscription.isConflated());
    }

    /** The position that it can resume after; one that is fresh has none. */
    Position last() {
        return received.position().orElse(Position.NONE);
    }

    boolean isBehind(String epoch, long seq) {
        Position last = last();
        return !received.isFresh() && last.epoch().equals(epoch) && last.seq() < seq;
    }

    /** Where to begin or resume on a new connection. */
    Since since() {
        return received.position().map(Since::after).orElse(wanted);
    }

    // ---- a place that is passed over again and again

    void beginsAnew() {
        Position last = last();
        timesBegunAnew = last.equals(begunAnewAfter) ? timesBegunAnew + 1 : 1;
        begunAnewAfter = last;
    }

    void cannotBeginAnew() {
        timesBegunAnew = MAX_TIMES_BEGUN_ANEW;
    }

    /** Whether beginning anew has not helped. */
    boolean isStuck() {
        return timesBegunAnew >= MAX_TIMES_BEGUN_ANEW && last().equals(begunAnewAfter);
    }

    /** The next connection may know better. */
    void disconnected() {
        received.cutOff();
        begunAnewAfter = null;
    }

    Verdict record(String epoch, long seq) {
        return received.record(epoch, seq);
    }
}
