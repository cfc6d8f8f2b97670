package live.telemetry.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;

/**
 * Knows which master has which partition, and keeps on asking: now and then, and soon if something points to a change. One
 * thread of its own asks and tells the listener; a Redis that is alone has no such thread. Everything else may be called from
 * any thread.
 */
final class Topology implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Topology.class);

    /** Changes of a cluster show themselves by redirections; this is for those that do not. */
    private static final int CLUSTER_HEARTBEATS = 5;

    private final @Nullable MasterFinder finder;
    private final Partitions partitions;
    private final long periodNanos;
    private final WorkerThread worker;
    private final Object lock = new Object();
    private volatile MasterMap current;
    private volatile boolean misnamed;
    private volatile @Nullable Consumer<MasterMap> listener;

    // Guarded by lock.
    private final Map<Partition, HostAndPort> moves = new HashMap<>();
    private boolean suspected;
    private boolean closed;

    // The worker's.
    private final BackOff backOff =
            new BackOff(() -> ThreadLocalRandom.current().nextDouble());
    private long nextNanos = System.nanoTime();
    private long soonestNanos = nextNanos;
    private final Set<HostAndPort> better = new LinkedHashSet<>();
    private boolean reported;

    private Topology(MasterMap initial, @Nullable MasterFinder finder, Partitions partitions, Duration period) {
        this.current = initial;
        this.finder = finder;
        this.partitions = partitions;
        this.periodNanos = period.toNanos();
        this.worker = new WorkerThread("topology", this::run);
    }

    static Topology of(RedisSettings settings, Partitions partitions) {
        RedisAddress address = settings.address();
        RedisConnections connections = new RedisConnections(settings);
        Duration period = settings.heartbeat();
        return switch (address.kind()) {
            case SINGLE -> fixed(address.hosts().get(0), partitions);
            case SENTINEL -> found(new SentinelFinder(address, partitions.count(), connections), partitions, period);
            case CLUSTER ->
                found(
                        new ClusterFinder(address, partitions, connections),
                        partitions,
                        period.multipliedBy(CLUSTER_HEARTBEATS));
        };
    }

    private static Topology fixed(HostAndPort master, Partitions partitions) {
        return new Topology(MasterMap.of(master, partitions.count()), null, partitions, Duration.ZERO);
    }

    /** Asks after at most that period, and at least half of it, at random. */
    static Topology found(MasterFinder finder, Partitions partitions, Duration period) {
        return new Topology(MasterMap.of((HostAndPort) null, partitions.count()), finder, partitions, period);
    }

    /** From now on the listener is told, first of what is known; on the thread of this. */
    void start(Consumer<MasterMap> newListener) {
        listener = newListener;
        if (finder == null) {
            newListener.accept(current);
        } else {
            worker.start();
        }
    }

    MasterMap current() {
        return current;
    }

    /** Something failed that may come of a change. */
    void suspect() {
        synchronized (lock) {
            suspected = true;
            lock.notifyAll();
        }
    }

    /** A node said that another one has this slot. */
    void moved(int slot, HostAndPort master) {
        if (finder == null) {
            if (!misnamed) {
                misnamed = true;
                LOG.warn("this Redis is a node of a cluster: name it by redis-cluster:// instead of redis://");
            }
            return;
        }
        synchronized (lock) {
            for (Partition partition : partitions.all()) {
                if (partition.slot() == slot) {
                    moves.put(partition, master);
                }
            }
            suspected = true;
            lock.notifyAll();
        }
    }

    private void run() {
        MasterFinder asked = finder;
        while (asked != null && awaitTurn()) {
            Map<Partition, HostAndPort> moved;
            boolean suspicion;
            boolean due;
            synchronized (lock) {
                moved = Map.copyOf(moves);
                moves.clear();
                long now = System.nanoTime();
                due = now - nextNanos >= 0 || (suspected && now - soonestNanos >= 0);
                suspicion = suspected;
                suspected &= !due;
            }
            try {
                better.addAll(moved.values());
                if (!moved.isEmpty()) {
                    change(current.with(moved));
                }
                if (due) {
                    find(asked, suspicion);
                }
            } catch (RuntimeException e) {
                LOG.error("the topology goes on after an error", e);
            }
        }
    }

    private boolean awaitTurn() {
        synchronized (lock) {
            while (!closed && moves.isEmpty()) {
                long now = System.nanoTime();
                long left = suspected ? Math.min(soonestNanos - now, nextNanos - now) : nextNanos - now;
                if (left <= 0) {
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    return false;
                }
            }
            return !closed;
        }
    }

    private void find(MasterFinder asked, boolean suspicion) {
        MasterMap found = null;
        try {
            found = asked.find(List.copyOf(better));
            better.clear();
            reported = false;
        } catch (RuntimeException e) {
            // Also an answer that cannot be read: another one is asked next.
            if (!reported) {
                reported = true;
                LOG.warn("nobody says where the masters are, asking again: {}", e.toString());
            }
        }
        long now = System.nanoTime();
        if (found != null && !suspicion) {
            backOff.succeeded();
        }
        long pause = found == null || suspicion ? backOff.afterFailure() : 0;
        long regular = (long) (periodNanos * (1 + ThreadLocalRandom.current().nextDouble()) / 2);
        synchronized (lock) {
            soonestNanos = now + pause;
            nextNanos = now + (found == null ? pause : regular);
        }
        change(found == null ? current : found);
    }

    private void change(MasterMap next) {
        MasterMap before = current;
        Consumer<MasterMap> told = listener;
        // Also told if nothing is known yet, so that this counts as Redis being away.
        if (told != null && (!next.equals(before) || !next.isComplete())) {
            if (!next.equals(before)) {
                LOG.info("masters: {}", next);
            }
            current = next;
            told.accept(next);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        if (finder != null) {
            finder.close();
            worker.close();
        }
    }
}
