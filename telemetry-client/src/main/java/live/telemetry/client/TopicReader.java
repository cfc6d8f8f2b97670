package live.telemetry.client;

import live.telemetry.client.SequenceTracker.Verdict;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** How far one subscription has come in one topic: what was received for it, and what its listener was given. */
final class TopicReader {

    final ActiveSubscription subscription;
    final Topic topic;

    // Only on the loop.
    final SequenceTracker received;

    /** Where it is to begin, while it is fresh. */
    Since wanted;

    /** Where records did not follow the last time, so that the same place is begun anew only once. */
    @Nullable
    Position askedAfter;

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

    Verdict record(String epoch, long seq) {
        return received.record(epoch, seq);
    }
}
