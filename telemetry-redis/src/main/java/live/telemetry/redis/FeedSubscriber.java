package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/**
 * The subscriber's connection to one master. One thread of its own receives and hands on, nothing else: a subscriber that is
 * slow is dropped by Redis. Commands are written by other threads, one at a time, under the lock.
 */
final class FeedSubscriber implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FeedSubscriber.class);

    /** Who gets what is received; called on the subscriber's thread, must neither block nor throw. */
    interface Listener {

        /** Messages of this partition come from now on. */
        void acknowledged(FeedSubscriber from, Partition partition);

        void received(FeedSubscriber from, Partition partition, byte[] message);

        /** No messages of this partition come any more, since its slot has gone elsewhere. */
        void lost(FeedSubscriber from, Partition partition);

        void disconnected(FeedSubscriber from);
    }

    private final HostAndPort master;
    private final RedisConnections connections;
    private final Partitions partitions;
    private final EndToEndProbe probe;
    private final HealthTracker health;
    private final RedisCounters counters;
    private final Redirects redirects;
    private final Listener listener;
    private final WorkerThread worker;
    private final Object lock = new Object();
    private volatile boolean closed;
    private volatile @Nullable RedisConnection connection;

    // Guarded by lock.
    private final Set<Partition> wanted = new HashSet<>();
    private final Set<Partition> acknowledged = new HashSet<>();
    private @Nullable RedisConnection current;

    FeedSubscriber(
            HostAndPort master,
            RedisConnections connections,
            Partitions partitions,
            EndToEndProbe probe,
            HealthTracker health,
            RedisCounters counters,
            Redirects redirects,
            Listener listener) {
        this.master = master;
        this.connections = connections;
        this.partitions = partitions;
        this.probe = probe;
        this.health = health;
        this.counters = counters;
        this.redirects = redirects;
        this.listener = listener;
        this.worker = new WorkerThread("subscriber", this::run);
    }

    void start() {
        worker.start();
    }

    void subscribe(Partition partition) {
        synchronized (lock) {
            wanted.add(partition);
            write(live -> subscription(live, partition));
        }
    }

    void unsubscribe(Partition partition) {
        synchronized (lock) {
            if (wanted.remove(partition)) {
                write(live -> StoreCommand.of(
                        live.isSharded() ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE, partition.channel()));
            }
        }
    }

    /**
     * Subscribes again to the own channel: the acknowledgement shows that the connection lives. And to what was not
     * acknowledged, since its slot may have been elsewhere when it was asked for.
     */
    void heartbeat() {
        synchronized (lock) {
            write(live -> StoreCommand.of(Command.SUBSCRIBE, probe.channel()));
            for (Partition partition : wanted) {
                if (!acknowledged.contains(partition)) {
                    write(live -> subscription(live, partition));
                }
            }
        }
    }

    /** One command for each: in a cluster their slots differ. */
    private static StoreCommand subscription(RedisConnection live, Partition partition) {
        return StoreCommand.of(live.isSharded() ? Command.SSUBSCRIBE : Command.SUBSCRIBE, partition.channel());
    }

    private interface CommandFor {
        StoreCommand on(RedisConnection live);
    }

    private void write(CommandFor command) {
        RedisConnection live = current;
        if (live != null) {
            try {
                live.write(command.on(live));
            } catch (JedisException e) {
                LOG.debug("the subscription is broken: {}", e.getMessage());
                reconnect();
            }
        }
    }

    /** Gives the connection up and makes another. */
    void reconnect() {
        RedisConnection.quietly(connection);
    }

    private void run() {
        BackOff backOff = new BackOff(() -> ThreadLocalRandom.current().nextDouble());
        boolean reported = false;
        while (!closed) {
            String why = "it was closed";
            try {
                receive();
            } catch (RuntimeException e) {
                why = String.valueOf(e.getMessage());
            }
            boolean begun;
            synchronized (lock) {
                begun = current != null;
                current = null;
                acknowledged.clear();
            }
            RedisConnection.quietly(connection);
            if (begun) {
                probe.disconnected();
                listener.disconnected(this);
            }
            if (closed) {
                return;
            }
            health.failed(master, HealthTracker.Part.SUBSCRIBER);
            redirects.suspect();
            if (begun) {
                backOff.succeeded();
                counters.reconnects.increment();
                reported = false;
            }
            if (!reported) {
                reported = true;
                LOG.warn("SUBSCRIBER lost its connection to {}, trying again: {}", master, why);
            }
            LockSupport.parkNanos(this, backOff.afterFailure());
        }
    }

    private void receive() {
        RedisConnection fresh = connections.open(master, "subscriber");
        connection = fresh;
        fresh.setTimeoutInfinite();
        if (!closed) {
            fresh.write(StoreCommand.of(Command.SUBSCRIBE, probe.channel()));
        }
        while (!closed) {
            try {
                receive(fresh, (List<?>) fresh.getUnflushedObject());
            } catch (JedisMovedDataException e) {
                redirects.moved(e.getSlot(), Redirects.target(e, master));
            } catch (JedisDataException e) {
                if (current == null) {
                    throw e;
                }
                // A slot that nobody serves, or a channel that is not permitted: asked for again with the next
                // heartbeat.
                LOG.debug("{} refuses a subscription: {}", master, e.getMessage());
                redirects.suspect();
            }
        }
    }

    /** What is pushed: its kind, a channel, and a message or the number of subscriptions. */
    private void receive(RedisConnection fresh, List<?> push) {
        String kind = text(push.get(0));
        String channel = push.get(1) == null ? "" : text(push.get(1));
        Partition partition = partitions.byChannel(channel);
        switch (kind) {
            case "message", "smessage" -> {
                byte[] message = (byte[]) push.get(2);
                if (partition != null) {
                    listener.received(this, partition, message);
                } else if (channel.equals(probe.channel())) {
                    probe.received(text(message));
                }
            }
            case "subscribe", "ssubscribe" -> {
                if (partition == null) {
                    begin(fresh);
                } else {
                    acknowledge(partition);
                }
            }
            case "unsubscribe", "sunsubscribe" -> {
                if (partition != null && end(partition)) {
                    listener.lost(this, partition);
                    redirects.suspect();
                }
            }
            default -> LOG.debug("{} pushes {}", master, kind);
        }
    }

    /** The first acknowledgement shows that the connection works. */
    private void begin(RedisConnection fresh) {
        synchronized (lock) {
            if (current == null) {
                current = fresh;
                health.works(master, HealthTracker.Part.SUBSCRIBER);
                wanted.forEach(partition -> write(live -> subscription(live, partition)));
            }
        }
    }

    /** Told under the lock: once it is not wanted here any more, nobody hears that it has begun. */
    private void acknowledge(Partition partition) {
        synchronized (lock) {
            if (acknowledged.add(partition) && wanted.contains(partition)) {
                listener.acknowledged(this, partition);
            }
        }
    }

    /** True if it did not end because it was not wanted any more. */
    private boolean end(Partition partition) {
        synchronized (lock) {
            return acknowledged.remove(partition) && wanted.contains(partition);
        }
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        closed = true;
        reconnect();
        worker.close();
    }
}
