package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.ServerLimits;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener that blocks makes its own client a slow consumer, and disturbs nobody else. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowListenerIT {

    private static final int RECORDS = 600;

    /** Together far more than the sockets hold. */
    private static final String PAYLOAD = "x".repeat(20_000);

    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    /** Longer than either side bears silence. */
    private static final Duration LONG = HEARTBEAT.multipliedBy(3);

    /** So little is read ahead. */
    private static final ClientLimits NARROW = new ClientLimits(1 << 20, 8, 1 << 20, 8, 1 << 20, 1_024);

    private final TelemetryServer server = TelemetryServer.builder()
            .port(0)
            .allowAnonymous(Rights.ALL)
            .heartbeat(HEARTBEAT)
            .retention(Retention.DEFAULT.withMaxBytes(64 << 20))
            .limits(ServerLimits.DEFAULT.withSendBufferBytes(64 << 10))
            .build()
            .start();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void stop() {
        goOn.countDown();
        server.close();
    }

    private TelemetryClient connect(ClientLimits limits) {
        TelemetryClient client =
                TelemetryClient.builder().url(server.uri()).limits(limits).build();
        client.connect();
        return client;
    }

    private RecordListener blockingBefore(RecordListener listener) {
        return new RecordListener() {
            @Override
            public void onRecord(TelemetryRecord record) {
                blocked.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                listener.onRecord(record);
            }

            @Override
            public void onGap(GapEvent gap) {
                listener.onGap(gap);
            }
        };
    }

    @Test
    void theClientStopsReadingAndLosesNothing() throws Exception {
        Audit slow = new Audit("slow");
        Audit quick = new Audit("quick");
        try (TelemetryClient slowClient = connect(NARROW);
                TelemetryClient quickClient = connect(ClientLimits.DEFAULT)) {
            slowClient.subscribe("a.b", SubscribeOptions.from(Since.START), blockingBefore(slow));
            quickClient.subscribe("a.b", SubscribeOptions.from(Since.START), quick);
            for (int i = 0; i < RECORDS; i++) {
                server.publish("a.b", PAYLOAD).toCompletableFuture().join();
            }
            blocked.await();
            await().atMost(Duration.ofSeconds(30)).until(() -> quick.last("a.b") == RECORDS);
            CompletableFuture<Position> behind = slowClient.publish("c.d", 1);
            assertThat(quickClient.publish("c.d", 2).get(10, TimeUnit.SECONDS)).isNotNull();

            await().during(HEARTBEAT.multipliedBy(10))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> slowClient.state() == ClientState.CONNECTED
                            && server.stats().deliveries() < 2 * RECORDS);
            assertThat(behind).as("its answer is behind what is not read").isNotDone();
            System.out.printf(
                    "a blocked listener: %d of %d records have left the server%n",
                    server.stats().deliveries() - RECORDS, RECORDS);

            goOn.countDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> slow.last("a.b") == RECORDS);
            assertThat(behind.get(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(slow.faults).isEmpty();
            assertThat(slow.gaps).isEmpty();
            assertThat(quick.faults).isEmpty();
            assertThat(slowClient.stats().reconnects()).isZero();
            assertThat(quickClient.stats().reconnects()).isZero();
        }
    }

    @Test
    void aRecordIsPublishedWhileTheListenerBlocks() throws Exception {
        Audit slow = new Audit("slow");
        try (TelemetryClient client = connect(ClientLimits.DEFAULT)) {
            client.subscribe("a.b", SubscribeOptions.from(Since.START), blockingBefore(slow));
            server.publish("a.b", 1);
            blocked.await();
            for (int i = 1; i <= 10; i++) {
                assertThat(client.publish("a.b", i).get(10, TimeUnit.SECONDS).seq())
                        .isEqualTo(1 + i);
            }
            assertThat(slow.records()).isZero();
            goOn.countDown();
            await().until(() -> slow.last("a.b") == 11);
            assertThat(client.stats().reconnects()).isZero();
        }
    }

    /** The server has written everything, so that it does not know of a slow consumer: its pings lie unread. */
    @Test
    void theConnectionIsKeptAlthoughTheServersPingsAreNotRead() throws Exception {
        Audit slow = new Audit("slow");
        try (TelemetryClient client = connect(NARROW)) {
            client.subscribe("a.b", SubscribeOptions.from(Since.START), blockingBefore(slow));
            for (int i = 0; i < RECORDS; i++) {
                server.publish("a.b", i).toCompletableFuture().join();
            }
            blocked.await();
            await().during(LONG)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> client.state() == ClientState.CONNECTED
                            && server.stats().deliveries() == RECORDS);
            goOn.countDown();
            await().until(() -> slow.last("a.b") == RECORDS);
            assertThat(slow.faults).isEmpty();
            assertThat(client.stats().reconnects()).isZero();
        }
    }
}
