package live.telemetry.server.node;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** Counts who on this node wants which topics, and tells the broadcaster about the first and the last. Any thread. */
final class InterestTable {

    private final Broadcaster broadcaster;
    private final Map<TopicPattern, Integer> counts = new ConcurrentHashMap<>();

    InterestTable(Broadcaster broadcaster) {
        this.broadcaster = broadcaster;
    }

    void acquire(TopicPattern pattern) {
        // Within compute, so that on and off of one pattern reach the broadcaster in the order in which they happened.
        counts.compute(pattern, (key, count) -> {
            if (count == null) {
                broadcaster.interest(pattern, true);
                return 1;
            }
            return count + 1;
        });
    }

    void release(TopicPattern pattern) {
        counts.computeIfPresent(pattern, (key, count) -> {
            if (count > 1) {
                return count - 1;
            }
            broadcaster.interest(pattern, false);
            return null;
        });
    }

    boolean isWanted(Topic topic) {
        for (TopicPattern pattern : counts.keySet()) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
