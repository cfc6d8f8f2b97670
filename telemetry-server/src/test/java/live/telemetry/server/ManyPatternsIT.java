package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A thousand dashboards that each follow a thousand topics by one pattern. */
class ManyPatternsIT {

    private static final int TOPICS = 1_000;
    private static final int SUBSCRIBERS = 1_000;

    @Test
    void everyRecordReachesEveryPatternSubscriber() throws Exception {
        try (TelemetryServer server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .heartbeat(Duration.ofMinutes(10))
                .build()
                .start()) {
            publishToEachTopic(server, 0);
            try (Fleet fleet = new Fleet(server, "{'type':'subscribe','id':1,'topic':'load.>'}")) {
                long before = usedHeap();
                long begin = System.nanoTime();
                fleet.open(SUBSCRIBERS);
                // One for the pattern, and one for each topic.
                awaitCount(fleet, 's', SUBSCRIBERS * (1L + TOPICS));
                long subscribed = System.nanoTime();
                long used = usedHeap() - before;
                long published = System.nanoTime();
                publishToEachTopic(server, 1);
                awaitCount(fleet, 'd', (long) SUBSCRIBERS * TOPICS);
                long delivered = System.nanoTime();
                System.out.printf(
                        "%,d cursors: %,d ms to subscribe, %,d MB of heap (%d bytes each); %,d deliveries in %,d ms;"
                                + " %,d kB retained, %,d writes%n",
                        SUBSCRIBERS * TOPICS,
                        (subscribed - begin) / 1_000_000,
                        used >> 20,
                        used / (SUBSCRIBERS * TOPICS),
                        (long) SUBSCRIBERS * TOPICS,
                        (delivered - published) / 1_000_000,
                        server.stats().retainedBytes() >> 10,
                        server.stats().writes());
                assertThat(fleet.ended()).isZero();
                assertThat(fleet.count('g')).as("gaps").isZero();
                assertThat(fleet.count('e')).as("errors").isZero();
            }
        }
    }

    private static void awaitCount(Fleet fleet, char initial, long count) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(fleet.count(initial)).isEqualTo(count));
    }

    private static void publishToEachTopic(TelemetryServer server, int value) {
        for (int i = 0; i < TOPICS; i++) {
            server.publish("load.t" + i, value);
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
