package live.telemetry.redis;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;

/**
 * The newest positions that this node has seen, for the weaker fence; empty where replication ids do the work. Any thread, a
 * short lock. Bounded: the topic that was heard of longest ago is forgotten, and fenced by other nodes only.
 */
final class KnownHeads {

    static final int MAX_TOPICS = 200_000;

    private final FenceMode fence;

    // Guarded by itself; in order of last change.
    private final Map<Topic, Position> heads = new LinkedHashMap<>();

    KnownHeads(FenceMode fence) {
        this.fence = fence;
    }

    FenceMode fence() {
        return fence;
    }

    Position known(Topic topic) {
        if (fence.byReplicationId()) {
            return Position.NONE;
        }
        synchronized (heads) {
            return heads.getOrDefault(topic, Position.NONE);
        }
    }

    void learn(Topic topic, Position head) {
        if (fence.byReplicationId() || head.equals(Position.NONE)) {
            return;
        }
        synchronized (heads) {
            Position before = heads.remove(topic);
            boolean older = before != null && before.epoch().equals(head.epoch()) && before.seq() > head.seq();
            heads.put(topic, older ? before : head);
            if (heads.size() > MAX_TOPICS) {
                Iterator<Topic> oldest = heads.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }
}
