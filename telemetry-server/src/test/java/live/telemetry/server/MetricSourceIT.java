package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.server.sampling.SourceStats;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sources of an application, from being sampled to a client. */
class MetricSourceIT {

    private static final Duration OFTEN = Duration.ofMillis(20);

    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private TelemetryServer server;

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    private void start(MetricSource... sources) {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .sources(List.of(sources))
                .build()
                .start();
    }

    private static void subscribe(WireClient client, String topic) throws InterruptedException {
        client.send("{'type':'subscribe','id':1,'topic':'" + topic + "'}");
        client.expect("subscribed");
    }

    @Test
    void samplesReachTheClient() throws Exception {
        start(MetricSource.of("count", OFTEN, () -> Map.of("n", calls.incrementAndGet())));
        try (WireClient client = WireClient.connect(server)) {
            subscribe(client, "count");
            int first = client.expect("data").getAsJsonObject("data").get("n").getAsInt();
            int second = client.expect("data").getAsJsonObject("data").get("n").getAsInt();
            assertThat(second).isEqualTo(first + 1);
        }
    }

    @Test
    void samplesWithKeysAndTimes() throws Exception {
        Instant at = Instant.ofEpochMilli(1_700_000_000_123L);
        start(MetricSource.of("disks", OFTEN, () -> List.of(new Sample("a", 1, at), new Sample("b", 2, at))));
        try (WireClient client = WireClient.connect(server)) {
            subscribe(client, "disks");
            var first = client.until(
                    data -> data.has("key") && data.get("key").getAsString().equals("a"));
            var second = client.expect("data");
            assertThat(first.get("ts").getAsLong()).isEqualTo(at.toEpochMilli());
            assertThat(second.get("key").getAsString()).isEqualTo("b");
            assertThat(second.get("data").getAsInt()).isEqualTo(2);
        }
    }

    @Test
    void sourceThatThrowsGoesOnAndKeepsNoOtherBack() throws Exception {
        start(
                MetricSource.of("good", OFTEN, () -> 1),
                MetricSource.of("bad", OFTEN, () -> {
                    if (calls.incrementAndGet() % 2 == 1) {
                        throw new IOException("the sensor is away");
                    }
                    return calls.get();
                }),
                MetricSource.of("worse", OFTEN, () -> {
                    throw new NoClassDefFoundError("asked to");
                }));
        try (WireClient client = WireClient.connect(server)) {
            subscribe(client, "good");
            client.expectData(3);
            client.send("{'type':'subscribe','id':2,'topic':'bad'}");
            client.until(envelope -> envelope.get("type").getAsString().equals("data")
                    && envelope.get("topic").getAsString().equals("bad"));
        }
        Eventually.that(() -> assertThat(server.stats().sampling().sources())
                .extracting(SourceStats::failures)
                .satisfies(failures -> {
                    assertThat(failures.get(0)).isZero();
                    assertThat(failures.get(1)).isPositive();
                    assertThat(failures.get(2)).isGreaterThan(2);
                }));
    }

    @Test
    void slowSourceKeepsNoOtherBack() throws Exception {
        start(
                MetricSource.of("slow", OFTEN, () -> {
                    calls.incrementAndGet();
                    released.await(10, TimeUnit.SECONDS);
                    return 1;
                }),
                MetricSource.of("quick", OFTEN, () -> 1));
        try (WireClient client = WireClient.connect(server)) {
            subscribe(client, "quick");
            // Whether the topic is born before or after it is subscribed is a race that either may win.
            client.until(envelope -> envelope.has("seq") && envelope.get("seq").getAsLong() == 10);
        }
        assertThat(calls).hasValue(1);
        assertThat(server.stats().sampling().skipped()).isPositive();
    }

    @Test
    void sourceIsReadOnlyWhileSomebodyIsSubscribed() throws Exception {
        start(MetricSource.of("wanted.only", OFTEN, calls::incrementAndGet).whileSubscribed());
        Awaitility.await().during(Duration.ofMillis(150)).until(() -> calls.get() == 0);
        try (WireClient client = WireClient.connect(server)) {
            subscribe(client, "wanted.only");
            client.until(envelope -> envelope.get("type").getAsString().equals("data"));
            client.send("{'type':'unsubscribe','id':2,'topic':'wanted.only'}");
            client.until(envelope -> envelope.get("type").getAsString().equals("unsubscribed"));
            expectNoMoreCalls();
            client.send("{'type':'subscribe','id':3,'topic':'wanted.>'}");
            int before = calls.get();
            Eventually.that(() -> assertThat(calls.get()).isGreaterThan(before));
        }
        // A client that leaves without a word wants nothing either.
        Eventually.that(() -> assertThat(server.stats().sessions()).isZero());
        expectNoMoreCalls();
    }

    private void expectNoMoreCalls() {
        // One may be under way.
        Awaitility.await().pollDelay(Duration.ofMillis(60)).until(() -> true);
        int before = calls.get();
        Awaitility.await().during(Duration.ofMillis(150)).until(() -> calls.get() == before);
    }

    @Test
    void sampleThatIsTooLargeIsAFailure() {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .limits(ServerLimits.DEFAULT.withMaxRecordBytes(100))
                .source(MetricSource.of("large", OFTEN, () -> "x".repeat(200)))
                .build()
                .start();
        Eventually.that(() -> assertThat(server.stats().sampling().failures()).isPositive());
        assertThat(server.stats().records()).isZero();
    }
}
