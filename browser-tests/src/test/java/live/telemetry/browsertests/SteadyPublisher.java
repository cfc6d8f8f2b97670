package live.telemetry.browsertests;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import live.telemetry.server.TelemetryServer;

/** Publishes a record in each of some topics at a steady pace; each says its own number as {@code n}. */
final class SteadyPublisher implements AutoCloseable {

    private static final Duration PACE = Duration.ofMillis(10);
    private static final long PATIENCE_SECONDS = 10;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "steady-publisher"));
    private final TelemetryServer server;
    private final List<String> topics;
    private volatile long head;

    SteadyPublisher(TelemetryServer server, List<String> topics) {
        this.server = server;
        this.topics = topics;
        thread.scheduleAtFixedRate(this::publish, 0, PACE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void publish() {
        long next = head + 1;
        for (String topic : topics) {
            server.publish(topic, Map.of("n", next)).toCompletableFuture().join();
        }
        head = next;
    }

    /** The number of the newest record, in each of the topics. */
    long head() {
        return head;
    }

    /** Publishes nothing more. */
    long stop() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("publishing does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return head;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
