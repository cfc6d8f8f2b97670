package live.telemetry.server.node;

import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.log.TopicLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes room when the logs' budget is used up: first go logs that nobody watches and that are idle, then the oldest segments
 * of the largest logs. Each time a sixteenth of the budget is freed, so that the search is paid for by many appends.
 *
 * <p>Threads: any; one at a time makes room, the others wait for it.
 */
final class MemoryReclaimer {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryReclaimer.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int SHARE = 16;

    private final Collection<NodeTopic> topics;
    private final SegmentPool pool;
    private final NodeClock clock;
    private final LongAdder reclaimed = new LongAdder();
    private volatile int round;

    MemoryReclaimer(Collection<NodeTopic> topics, SegmentPool pool, NodeClock clock) {
        this.topics = topics;
        this.pool = pool;
        this.clock = clock;
    }

    /** How often room was made; to be read before it is found that there is none. */
    int round() {
        return round;
    }

    /**
     * Frees memory, unless another thread has done so since a round.
     *
     * @return whether it is worth trying again
     */
    synchronized boolean makeRoom(int atLeast, int sinceRound) {
        if (round != sinceRound) {
            return true;
        }
        long wanted = Math.max(pool.budget() / SHARE, atLeast);
        long freed = dropIdle(wanted);
        if (freed < wanted) {
            freed += dropOldestOfLargest(wanted - freed);
        }
        reclaimed.add(freed);
        round++;
        LOG.debug("the logs' memory is used up; freed {} bytes", freed);
        return freed > 0;
    }

    long reclaimedBytes() {
        return reclaimed.sum();
    }

    private long dropIdle(long wanted) {
        long now = clock.nanoTime();
        long freed = 0;
        for (NodeTopic topic : topics) {
            TopicLog log = topic.log();
            if (log != null && topic.isIdle(now, IDLE_NANOS)) {
                freed += log.dropAll();
                if (freed >= wanted) {
                    break;
                }
            }
        }
        return freed;
    }

    private long dropOldestOfLargest(long wanted) {
        PriorityQueue<Sized> largest =
                new PriorityQueue<>(Comparator.comparingLong(Sized::bytes).reversed());
        for (NodeTopic topic : topics) {
            TopicLog log = topic.log();
            long bytes = log == null ? 0 : log.memoryBytes();
            if (log != null && bytes > 0) {
                largest.add(new Sized(log, bytes));
            }
        }
        long freed = 0;
        Sized sized;
        while (freed < wanted && (sized = largest.poll()) != null) {
            long dropped = sized.log.dropOldestSegment();
            freed += dropped;
            if (dropped > 0 && sized.bytes > dropped) {
                largest.add(new Sized(sized.log, sized.bytes - dropped));
            }
        }
        return freed;
    }

    private record Sized(TopicLog log, long bytes) {}
}
