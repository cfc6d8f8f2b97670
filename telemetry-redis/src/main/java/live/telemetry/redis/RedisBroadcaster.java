package live.telemetry.redis;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * The broadcaster of a cluster: nodes that name the same Redis (6.2 or newer), database and key prefix share one log. Redis may be
 * one process, a master that sentinels replace, or a Redis Cluster.
 *
 * <pre>{@code
 * TelemetryServer.builder()
 *         .broadcaster(RedisBroadcaster.builder().uri("redis://localhost:6379").build())
 * }</pre>
 *
 * <p>A publish is acknowledged when Redis has stored it, and is as safe as Redis makes it. While Redis is away, publishes wait
 * in a bounded buffer, then fail with {@code UNAVAILABLE}; {@code history} and {@code topics} fail at once. What Redis loses
 * in a failover is told as rolled back; nothing else makes a gap but the retention.
 *
 * <p>Threads: any, and no method waits. Stages complete on the thread {@code telemetry-redis-answers}, or in the calling
 * one; what depends on them must not block. The sink is called on {@code telemetry-redis-feed}, its {@code onState} on the thread
 * that noticed. All threads are daemons.
 */
public final class RedisBroadcaster implements Broadcaster {

    private static final long EXPIRY_MILLIS = 50;
    private static final long SWEEP_MILLIS = 1_000;

    private final RedisSettings settings;
    private final RedisCounters counters = new RedisCounters();
    private final FenceMode fence = new FenceMode();
    private final HealthTracker health = new HealthTracker(this::stateChanged);
    private final ExecutorService answers;
    private final ScheduledExecutorService timer;
    private final MasterConnector connector;
    private final Masters masters;
    private final FeedSubscriptions subscriptions;
    private final StoreQuestions store;
    private final Publisher publisher;
    private volatile @Nullable Sink sink;
    private volatile @Nullable RecordFeed feed;
    private volatile boolean closed;

    RedisBroadcaster(RedisSettings settings) {
        this.settings = settings;
        Partitions partitions = new Partitions(
                settings.keyPrefix(), settings.partitions(), settings.address().database());
        KnownHeads known = new KnownHeads(fence);
        // Bounded by the publishes and questions that wait. What comes after the end is completed by whoever brings it.
        this.answers = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemon("answers"), (task, pool) -> task.run());
        this.timer = Executors.newSingleThreadScheduledExecutor(daemon("timer"));
        this.connector = new MasterConnector(
                settings,
                partitions,
                new RedisConnections(settings),
                new StoreCheck(settings, fence),
                known,
                health,
                counters,
                answers);
        this.publisher = new Publisher(settings, partitions, known, answers, counters);
        this.masters = new Masters(Topology.of(settings, partitions), publisher.lanes());
        this.subscriptions = new FeedSubscriptions(masters);
        this.store = new StoreQuestions(partitions, new StoreReaders(masters, counters), known, counters);
    }

    /**
     * Begins to configure one.
     *
     * @return a builder with defaults for everything
     */
    public static RedisBroadcasterBuilder builder() {
        return new RedisBroadcasterBuilder();
    }

    @Override
    public synchronized void start(Sink newSink) {
        if (sink != null) {
            throw new IllegalStateException("a broadcaster is started once; give every server one of its own");
        }
        if (closed) {
            throw new IllegalStateException("the broadcaster is closed");
        }
        sink = newSink;
        RecordFeed started = new RecordFeed(settings, newSink, store, subscriptions, timer, counters);
        feed = started;
        started.start();
        masters.start(address -> connector.connect(address, publisher, started, masters), this::mastersChanged);
        every(EXPIRY_MILLIS, publisher::expire);
        every(SWEEP_MILLIS, started::sweep);
        every(settings.heartbeat().toMillis(), masters::heartbeat);
        checkTailsLater(started);
    }

    private void every(long millis, Runnable task) {
        timer.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void checkTailsLater(RecordFeed started) {
        long upTo = settings.tailCheck().toMillis();
        long pause = upTo / 2 + ThreadLocalRandom.current().nextLong(upTo / 2 + 1);
        if (!closed) {
            timer.schedule(
                    () -> {
                        started.checkTails();
                        checkTailsLater(started);
                    },
                    pause,
                    TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        if (sink == null || closed) {
            return CompletableFuture.failedFuture(notRunning());
        }
        return publisher.publish(publication, masters::wake);
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        RecordFeed started = feed;
        if (started != null) {
            started.interest(pattern, wanted);
        }
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1: " + limit);
        }
        if (sink == null || closed) {
            return CompletableFuture.failedFuture(notRunning());
        }
        return store.recover(topic, after, limit).thenApply(Recovered::history);
    }

    @Override
    public CompletionStage<Optional<LatestRecords>> latest(Topic topic) {
        if (sink == null || closed) {
            return CompletableFuture.failedFuture(notRunning());
        }
        return store.latest(topic);
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        if (sink == null || closed) {
            return CompletableFuture.failedFuture(notRunning());
        }
        return store.topics(pattern);
    }

    private TelemetryException notRunning() {
        return new TelemetryException(
                ErrorCode.UNAVAILABLE, closed ? "the broadcaster is closed" : "the broadcaster is not started");
    }

    @Override
    public State state() {
        return health.state();
    }

    /** How many masters can be used of how many there are, and by what a failover that loses records is noticed. */
    @Override
    public String detail() {
        return "masters: " + health.masters() + "; fence: " + fence;
    }

    /**
     * What it has done.
     *
     * @return a snapshot; its numbers may be of slightly different moments
     */
    public RedisStats stats() {
        return counters.stats(publisher.buffer());
    }

    private void mastersChanged(MasterMap map) {
        fence.masters(map.masters());
        health.masters(map);
        subscriptions.follow();
    }

    private void stateChanged(State state) {
        Sink target = sink;
        if (target != null) {
            target.onState(state);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        health.close();
        timer.shutdownNow();
        masters.close();
        publisher.close();
        RecordFeed started = feed;
        if (started != null) {
            started.close();
        }
        // What has been answered is still told.
        answers.shutdown();
    }

    private static ThreadFactory daemon(String role) {
        return task -> {
            Thread thread = new Thread(task, WorkerThread.PREFIX + role);
            thread.setDaemon(true);
            return thread;
        };
    }
}
