package live.telemetry.examples.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what a {@link LoadPlan} says, its topics in turn and evenly spread over time. The data of each record has the
 * {@link System#nanoTime} at which it was handed over, so a subscriber on the same machine can tell how long it took.
 *
 * <p>It runs in the process of the server that it loads, so it is one thread that sleeps between records and builds little
 * more than their text.
 */
public final class LoadGenerator implements AutoCloseable {

    /** As much of its plan as it makes up for after it was held up; what is older is left out. */
    static final Duration MAX_CATCH_UP = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(LoadGenerator.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final LoadPlan plan;
    private final JsonPublisher publisher;
    private final String[] topics;
    private final Thread thread = new Thread(this::run, "load-generator");
    private final AtomicBoolean failedBefore = new AtomicBoolean();
    private final LongAdder published = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile long leftOut;
    private volatile boolean closed;

    /**
     * A generator that does nothing yet.
     *
     * @param plan what to publish
     * @param publisher where to
     */
    public LoadGenerator(LoadPlan plan, JsonPublisher publisher) {
        this.plan = plan;
        this.publisher = publisher;
        this.topics = IntStream.range(0, plan.topics()).mapToObj(plan::topic).toArray(String[]::new);
        thread.setDaemon(true);
    }

    /** Begins; once. */
    public void start() {
        thread.start();
    }

    private void run() {
        LoadPayload payload = new LoadPayload(plan.bytes());
        Pace pace = new Pace(plan.totalRate(), MAX_CATCH_UP, System.nanoTime());
        while (!closed) {
            for (long due = pace.due(System.nanoTime()); due > 0 && !closed; due--) {
                String topic = topics[(int) (pace.take() % topics.length)];
                publish(topic, payload.at(System.nanoTime()));
            }
            leftOut = pace.leftOut();
            LockSupport.parkNanos(this, pace.nanosUntilNext(System.nanoTime()));
        }
    }

    private void publish(String topic, String json) {
        published.increment();
        try {
            publisher.publishJson(topic, json).whenComplete((position, failure) -> {
                if (failure != null) {
                    onFailure(topic, failure);
                }
            });
        } catch (RuntimeException e) {
            onFailure(topic, e);
        }
    }

    private void onFailure(String topic, Throwable failure) {
        failed.increment();
        if (!closed && failedBefore.compareAndSet(false, true)) {
            LOG.warn("publishing to {} failed; further failures are only counted", topic, failure);
        }
    }

    /**
     * What became of it so far.
     *
     * @return the counts now
     */
    public LoadStats stats() {
        return new LoadStats(published.sum(), failed.sum(), leftOut);
    }

    /** Ends it; nothing is published after this, unless the publisher blocks for longer than a second. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
