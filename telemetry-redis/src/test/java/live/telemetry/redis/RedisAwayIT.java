package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.client.SubscribeOptions;
import live.telemetry.client.TelemetryClient;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.ServerListener;
import live.telemetry.server.TelemetryServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Redis stops for so many seconds as {@code -Dtelemetry.outage.seconds} says, while records are published and read. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RedisAwayIT {

    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("telemetry.outage.seconds", 5));
    private static final String TOPIC = "host.cpu";
    private static final int RECORDS_PER_SECOND = 200;

    /** More than waits in a hiccup, much less than is published during the outage. */
    private static final int BUFFER = 300;

    private final RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
    private final Nodes nodes = new Nodes(redis.uri());
    private final List<State> states = new CopyOnWriteArrayList<>();
    private final TelemetryServer publishing = nodes.start(
            builder -> builder.publishBuffer(BUFFER, 1 << 20)
                    .publishTimeout(Duration.ofSeconds(2))
                    .heartbeat(Duration.ofMillis(200)),
            new ServerListener() {
                @Override
                public void onBroadcasterState(StateEvent event) {
                    states.add(event.state());
                }
            });
    private final TelemetryServer reading = nodes.start();
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger published = new AtomicInteger();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    /** What a publisher was told of its record. */
    private record Outcome(
            int number,
            @Nullable Position position,
            @Nullable Throwable error) {}

    @AfterEach
    void close() {
        publisher.shutdownNow();
        nodes.close();
        redis.close();
    }

    private void publish() {
        int number = published.incrementAndGet();
        publishing
                .publish(TOPIC, number)
                .whenComplete((position, error) -> outcomes.add(new Outcome(number, position, error)));
    }

    private static TelemetryClient reader(TelemetryServer server, ReceivedLog log) {
        TelemetryClient client = TelemetryClient.builder().url(server.uri()).build();
        client.subscribe(TOPIC, SubscribeOptions.from(Since.START), log);
        client.connect();
        return client;
    }

    private static boolean isUp(TelemetryServer server) {
        return server.stats().broadcaster() == State.UP;
    }

    private List<Outcome> failures() {
        return outcomes.stream().filter(outcome -> outcome.error() != null).toList();
    }

    private int health() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(publishing.uri() + "/health")).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void allGoesOnByItselfAfterwardsAndNothingAcknowledgedIsLost() throws Exception {
        ReceivedLog here = new ReceivedLog();
        ReceivedLog there = new ReceivedLog();
        try (TelemetryClient one = reader(publishing, here);
                TelemetryClient two = reader(reading, there)) {
            StoreRig.await().until(() -> isUp(publishing) && isUp(reading));
            publisher.scheduleAtFixedRate(this::publish, 0, 1_000 / RECORDS_PER_SECOND, TimeUnit.MILLISECONDS);
            StoreRig.await().until(() -> here.size(TOPIC) > 100 && there.size(TOPIC) > 100);
            assertThat(failures()).isEmpty();
            states.clear();
            redis.freeze();
            Awaitility.await()
                    .pollDelay(OUTAGE)
                    .atMost(OUTAGE.plusSeconds(20))
                    .untilAsserted(() -> assertThat(states).containsExactly(State.DEGRADED, State.DOWN));
            assertThat(health()).isEqualTo(503);
            int failedMeanwhile = failures().size();
            assertThat(failedMeanwhile).isPositive();
            redis.thaw();
            long thawed = System.nanoTime();
            StoreRig.await().until(() -> isUp(publishing));
            long upAfter = (System.nanoTime() - thawed) / 1_000_000;
            int before = here.size(TOPIC);
            StoreRig.await().until(() -> here.size(TOPIC) > before + 100);
            publisher.shutdown();
            assertThat(publisher.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            StoreRig.await().until(() -> outcomes.size() == published.get());
            long head = outcomes.stream()
                    .filter(outcome -> outcome.position() != null)
                    .mapToLong(outcome -> outcome.position().seq())
                    .max()
                    .orElseThrow();
            StoreRig.await().until(() -> here.size(TOPIC) >= head && there.size(TOPIC) >= head);
            System.out.printf(
                    "Redis away for %d s: %d published, %d acknowledged, %d failed (%d of them during the outage), %s; UP %d ms"
                            + " afterwards; read %d and %d%n",
                    OUTAGE.toSeconds(),
                    published.get(),
                    outcomes.size() - failures().size(),
                    failures().size(),
                    failedMeanwhile,
                    failures().stream()
                            .map(outcome -> outcome.error().getMessage())
                            .distinct()
                            .toList(),
                    upAfter,
                    here.size(TOPIC),
                    there.size(TOPIC));
            assertThat(one.stats().reconnects()).isZero();
            assertThat(two.stats().reconnects()).isZero();
            assertWhole(here);
            assertWhole(there);
        }
        assertThat(failures().stream()
                        .filter(failure -> !saysToTryAgain(failure.error()))
                        .limit(5))
                .isEmpty();
    }

    private static boolean saysToTryAgain(@Nullable Throwable error) {
        return error instanceof TelemetryException clear && clear.code() == ErrorCode.UNAVAILABLE && clear.retryable();
    }

    /** No number is missing, and every record that was acknowledged stands under the number that its publisher was told. */
    private void assertWhole(ReceivedLog log) {
        List<ReceivedLog.Entry> entries = log.of(TOPIC);
        assertThat(ReceivedLog.firstOutOfOrder(entries)).isZero();
        assertThat(log.complaints).isEmpty();
        for (Outcome outcome : outcomes) {
            Position position = outcome.position();
            if (position != null) {
                assertThat(entries.get((int) position.seq() - 1).data()).isEqualTo(Integer.toString(outcome.number()));
            }
        }
    }
}
