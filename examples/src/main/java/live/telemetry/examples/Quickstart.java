package live.telemetry.examples;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import live.telemetry.client.TelemetryClient;
import live.telemetry.core.MetricSource;
import live.telemetry.server.TelemetryServer;

/** A server that samples a metric each half second, and a client that prints three records of it. */
public final class Quickstart {

    private Quickstart() {}

    /**
     * Runs for about a second.
     *
     * @param args none
     * @throws InterruptedException if it is interrupted meanwhile
     */
    public static void main(String[] args) throws InterruptedException {
        Runtime jvm = Runtime.getRuntime();
        MetricSource free = MetricSource.of("jvm.free", Duration.ofMillis(500), jvm::freeMemory);
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous()
                        .source(free)
                        .build()
                        .start();
                TelemetryClient client =
                        TelemetryClient.builder().url(server.uri()).build()) {
            CountDownLatch three = new CountDownLatch(3);
            client.connect();
            client.subscribe("jvm.free", record -> {
                System.out.println(record.topic() + " #" + record.seq() + ": " + record.data());
                three.countDown();
            });
            three.await();
        }
    }
}
