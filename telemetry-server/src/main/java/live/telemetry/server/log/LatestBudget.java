package live.telemetry.server.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * One bound for the latest records of all topics of a node. These stand on the heap, beside the logs: a topic's own bound is not
 * enough, since there may be many topics.
 *
 * <p>Bound: a topic that adds to its table while the budget is exceeded drops its keys, the one that was silent for longest
 * first, until the budget is kept or one key is left. So the table of a topic never loses its newest record.
 *
 * <p>Threads: any.
 */
public final class LatestBudget {

    private final int maxKeysPerTopic;
    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final LongAdder droppedKeys = new LongAdder();

    /**
     * Nothing is used yet.
     *
     * @param maxKeysPerTopic keys that one topic may have, at least 1
     * @param maxBytes bytes of the frames of all topics together
     */
    public LatestBudget(int maxKeysPerTopic, long maxBytes) {
        this.maxKeysPerTopic = maxKeysPerTopic;
        this.maxBytes = maxBytes;
    }

    /**
     * Bytes of the frames that are kept.
     *
     * @return bytes on the heap
     */
    public long usedBytes() {
        return usedBytes.get();
    }

    /**
     * Keys whose latest record was dropped at a bound.
     *
     * @return a count that only grows
     */
    public long droppedKeys() {
        return droppedKeys.sum();
    }

    int maxKeysPerTopic() {
        return maxKeysPerTopic;
    }

    void use(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    boolean isExceeded() {
        return usedBytes.get() > maxBytes;
    }

    void keyDropped() {
        droppedKeys.increment();
    }
}
