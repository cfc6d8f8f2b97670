package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The subscriber's connection. One thread of its own receives and hands on, nothing else: a subscriber that is slow is
 * dropped by Redis. Commands are written by other threads, one at a time, under the lock.
 */
final class FeedSubscriber implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FeedSubscriber.class);

    /** Who gets what is received; called on the subscriber's thread, must neither block nor throw. */
    interface Listener {
        /** Messages of this partition come from now on. */
        void acknowledged(Partition partition);

        void received(Partition partition, byte[] message);

        /** A message on the node's own channel. */
        void probed(String text);

        void disconnected();
    }

    private final RedisConnections connections;
    private final Partitions partitions;
    private final String ownChannel;
    private final HealthTracker health;
    private final RedisCounters counters;
    private final Listener listener;
    private final WorkerThread worker;
    private final Object lock = new Object();
    private volatile boolean closed;
    private volatile @Nullable Connection connection;

    // Guarded by lock.
    private final Set<String> wanted = new HashSet<>();
    private @Nullable Subscription current;

    FeedSubscriber(
            RedisConnections connections,
            Partitions partitions,
            String ownChannel,
            HealthTracker health,
            RedisCounters counters,
            Listener listener) {
        this.connections = connections;
        this.partitions = partitions;
        this.ownChannel = ownChannel;
        this.health = health;
        this.counters = counters;
        this.listener = listener;
        this.worker = new WorkerThread("subscriber", this::run);
    }

    void start() {
        worker.start();
    }

    void subscribe(Partition partition) {
        synchronized (lock) {
            wanted.add(partition.channel());
            Subscription live = current;
            if (live != null) {
                write(() -> live.subscribe(bytes(partition.channel())));
            }
        }
    }

    void unsubscribe(Partition partition) {
        synchronized (lock) {
            wanted.remove(partition.channel());
            Subscription live = current;
            if (live != null) {
                write(() -> live.unsubscribe(bytes(partition.channel())));
            }
        }
    }

    /** Subscribes again to what is subscribed: the acknowledgement shows that the connection lives. */
    void heartbeat() {
        synchronized (lock) {
            Subscription live = current;
            if (live != null) {
                write(() -> live.subscribe(bytes(ownChannel)));
            }
        }
    }

    private void write(Runnable command) {
        try {
            command.run();
        } catch (JedisException e) {
            LOG.debug("the subscription is broken: {}", e.getMessage());
            reconnect();
        }
    }

    /** Gives the connection up and makes another. */
    void reconnect() {
        RedisLink.quietly(connection);
    }

    private void run() {
        BackOff backOff = new BackOff(() -> ThreadLocalRandom.current().nextDouble());
        boolean reported = false;
        while (!closed) {
            Subscription subscription = new Subscription();
            String why = "the subscription ended";
            try {
                receive(subscription);
            } catch (RuntimeException e) {
                why = String.valueOf(e.getMessage());
            }
            synchronized (lock) {
                current = null;
            }
            RedisLink.quietly(connection);
            if (closed) {
                return;
            }
            health.failed(HealthTracker.Part.SUBSCRIBER);
            if (subscription.begun) {
                backOff.succeeded();
                counters.reconnects.increment();
                listener.disconnected();
                reported = false;
            }
            if (!reported) {
                reported = true;
                LOG.warn("SUBSCRIBER lost its connection to Redis, trying again: {}", why);
            }
            LockSupport.parkNanos(this, backOff.afterFailure());
        }
    }

    private void receive(Subscription subscription) {
        Connection fresh = connections.open("subscriber");
        connection = fresh;
        if (closed) {
            return;
        }
        subscription.proceed(fresh, bytes(ownChannel));
    }

    private static byte[] bytes(String channel) {
        return channel.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        closed = true;
        reconnect();
        worker.close();
    }

    /** One connection's. Callbacks run on the subscriber's thread. */
    private final class Subscription extends BinaryJedisPubSub {

        private boolean begun;
        private final Set<Partition> acknowledged = new HashSet<>();

        @Override
        public void onSubscribe(byte[] channel, int subscribedChannels) {
            String name = new String(channel, StandardCharsets.US_ASCII);
            Partition partition = partitions.byChannel(name);
            if (partition != null) {
                if (acknowledged.add(partition)) {
                    listener.acknowledged(partition);
                }
            } else if (!begun) {
                begun = true;
                health.works(HealthTracker.Part.SUBSCRIBER);
                begin();
            }
        }

        private void begin() {
            synchronized (lock) {
                current = this;
                if (!wanted.isEmpty()) {
                    subscribe(wanted.stream().map(FeedSubscriber::bytes).toArray(byte[][]::new));
                }
            }
        }

        @Override
        public void onUnsubscribe(byte[] channel, int subscribedChannels) {
            Partition partition = partitions.byChannel(new String(channel, StandardCharsets.US_ASCII));
            if (partition != null) {
                acknowledged.remove(partition);
            }
        }

        @Override
        public void onMessage(byte[] channel, byte[] message) {
            String name = new String(channel, StandardCharsets.US_ASCII);
            Partition partition = partitions.byChannel(name);
            if (partition != null) {
                listener.received(partition, message);
            } else if (name.equals(ownChannel)) {
                listener.probed(new String(message, StandardCharsets.US_ASCII));
            }
        }
    }
}
