package live.telemetry.server.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.core.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts records that a node cannot keep, and warns of them now and then. Any thread. */
final class MissedRecords {

    private static final Logger LOG = LoggerFactory.getLogger(MissedRecords.class);
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final NodeClock clock;
    private final LongAdder count = new LongAdder();
    private final AtomicLong lastWarningNanos;

    MissedRecords(NodeClock clock) {
        this.clock = clock;
        this.lastWarningNanos = new AtomicLong(clock.nanoTime() - WARNING_INTERVAL_NANOS);
    }

    void add(Topic topic, long records) {
        count.add(records);
        long now = clock.nanoTime();
        long last = lastWarningNanos.get();
        if (now - last >= WARNING_INTERVAL_NANOS && lastWarningNanos.compareAndSet(last, now)) {
            LOG.warn(
                    "{} records of {} cannot be kept on this node, and {} since its start; their readers get a gap",
                    records,
                    topic,
                    count());
        } else {
            LOG.debug("{} records of {} cannot be kept on this node; their readers get a gap", records, topic);
        }
    }

    long count() {
        return count.sum();
    }
}
