package live.telemetry.client;

import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;

/** How far a subscription has come in one topic: what was received, and what its listener was given. */
final class TopicProgress {

    // Only on the loop.
    final SequenceTracker received;

    /** Where records did not follow the last time, so that the same place is asked for only once. */
    @Nullable
    Position askedAfter;

    // Written by whoever calls the listeners, read by any thread.
    volatile @Nullable Position delivered;

    TopicProgress(boolean conflated) {
        received = new SequenceTracker(conflated);
    }
}
