package live.telemetry.server.node;

import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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
    private final long budget;
    private final NodeClock clock;
    private final LongAdder reclaimed = new LongAdder();

    MemoryReclaimer(Collection<NodeTopic> topics, long budget, NodeClock clock) {
        this.topics = topics;
        this.budget = budget;
        this.clock = clock;
    }

    synchronized void makeRoom(int atLeast) {
        long wanted = Math.max(budget / SHARE, atLeast);
        long freed = dropIdle(wanted);
        if (freed < wanted) {
            freed += dropOldestOfLargest(wanted - freed);
        }
        reclaimed.add(freed);
        LOG.debug("the logs' memory is used up; freed {} bytes", freed);
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
                freed += log.bytes();
                log.dropAll();
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
            if (log != null && log.bytes() > 0) {
                largest.add(new Sized(log, log.bytes()));
            }
        }
        long freed = 0;
        Sized log;
        while (freed < wanted && (log = largest.poll()) != null) {
            int dropped = log.log.dropOldestSegment();
            freed += dropped;
            if (dropped > 0 && log.bytes > dropped) {
                largest.add(new Sized(log.log, log.bytes - dropped));
            }
        }
        return freed;
    }

    private record Sized(TopicLog log, long bytes) {}
}
