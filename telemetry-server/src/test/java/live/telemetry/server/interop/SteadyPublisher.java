package live.telemetry.server.interop;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import live.telemetry.server.TelemetryServer;

/** Publishes records at a steady pace, each with its own number as {@code n}. */
final class SteadyPublisher implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "steady-publisher"));
    private final TelemetryServer server;
    private final String topic;
    private final Future<?> pace;
    private volatile long head;

    SteadyPublisher(TelemetryServer server, String topic, Duration interval) {
        this.server = server;
        this.topic = topic;
        this.pace = thread.scheduleAtFixedRate(this::publish, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The number of the newest record that is stored. */
    long head() {
        if (pace.isDone()) {
            throw new IllegalStateException("publishing has failed: " + pace);
        }
        return head;
    }

    /** Publishes so many at once, in between, and returns when they are stored. */
    void burst(int count) throws Exception {
        Runnable all = () -> IntStream.range(0, count).forEach(i -> publish());
        thread.submit(all).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void publish() {
        long next = head + 1;
        long stored = server.publish(topic, Map.of("n", next))
                .toCompletableFuture()
                .join()
                .seq();
        if (stored != next) {
            throw new IllegalStateException("record " + next + " was stored as " + stored);
        }
        head = stored;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
