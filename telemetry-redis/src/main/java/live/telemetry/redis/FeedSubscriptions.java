package live.telemetry.redis;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which partitions are subscribed to, each at its master; they follow when a partition moves. Any thread, a short lock. */
final class FeedSubscriptions {

    private final Masters masters;

    // Guarded by this. A partition that is wanted, but whose master is not known, is at none.
    private final Map<Partition, @Nullable FeedSubscriber> wanted = new HashMap<>();

    FeedSubscriptions(Masters masters) {
        this.masters = masters;
    }

    synchronized void subscribe(Partition partition) {
        wanted.putIfAbsent(partition, null);
        follow(partition);
    }

    synchronized void unsubscribe(Partition partition) {
        FeedSubscriber at = wanted.remove(partition);
        if (at != null) {
            at.unsubscribe(partition);
        }
    }

    /** Partitions may have moved. */
    synchronized void follow() {
        wanted.keySet().forEach(this::follow);
    }

    private void follow(Partition partition) {
        StoreMaster master = masters.of(partition);
        FeedSubscriber now = master == null ? null : master.subscriber();
        FeedSubscriber before = wanted.get(partition);
        if (now != before) {
            wanted.put(partition, now);
            // In this order, so that an acknowledgement of the former does not come after one of the latter.
            if (before != null) {
                before.unsubscribe(partition);
            }
            if (now != null) {
                now.subscribe(partition);
            }
        }
    }
}
