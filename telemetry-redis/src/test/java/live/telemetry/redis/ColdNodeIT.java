package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import live.telemetry.core.Position;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A thousand clients come at once to a node that has no record yet, from a node that has ended. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ColdNodeIT {

    private static final int CLIENTS = 1_000;
    private static final List<String> TOPICS = List.of("host.cpu", "host.memory", "app.orders");
    private static final int RECORDS = 1_000;
    private static final int PAGE = 200;
    /** How long a node keeps a page. A machine that needs longer for a thousand clients reads pages again. */
    private static final Duration KEPT = Duration.ofSeconds(10);

    private final RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
    private final CountingBroadcaster broadcaster = new CountingBroadcaster(
            RedisCluster.impatient(redis.uri()).retention(Nodes.RETENTION).build());
    private final Map<String, String> epochs = new TreeMap<>();
    private TelemetryServer cold;

    @BeforeEach
    void publishAtANodeThatEnds() {
        try (Nodes nodes = new Nodes(redis.uri())) {
            TelemetryServer first = nodes.start();
            for (String topic : TOPICS) {
                List<CompletableFuture<Position>> answers = IntStream.range(0, RECORDS)
                        .mapToObj(i -> first.publish(topic, "record " + i).toCompletableFuture())
                        .toList();
                answers.forEach(answer -> epochs.put(topic, StoreRig.get(answer).epoch()));
            }
        }
        cold = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .retention(Nodes.RETENTION)
                .broadcaster(broadcaster)
                .build()
                .start();
    }

    @AfterEach
    void close() {
        cold.close();
        redis.close();
    }

    @Test
    void historyIsReadOnceForThoseWhoStandAtOnePosition() throws IOException {
        // A page begins at a multiple of its length.
        come(client -> RECORDS / 2, (RECORDS - RECORDS / 2 + PAGE - 1) / PAGE);
    }

    @Test
    void historyIsReadOnceForThoseWhoStandAtAThousandPositions() throws IOException {
        come(client -> client * RECORDS / CLIENTS, RECORDS / PAGE);
    }

    @Test
    void historyIsReadOnceForThoseWhoComeInAnyOrder() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, CLIENTS).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        come(client -> order.get(client) * RECORDS / CLIENTS, RECORDS / PAGE);
    }

    private void come(IntUnaryOperator positionOfClient, int pagesPerTopic) throws IOException {
        List<List<String>> messages = IntStream.range(0, CLIENTS)
                .mapToObj(client -> subscriptions(positionOfClient.applyAsInt(client)))
                .toList();
        long expected = TOPICS.size()
                * IntStream.range(0, CLIENTS)
                        .map(positionOfClient)
                        .mapToLong(position -> RECORDS - position)
                        .sum();
        String scriptCalls = scriptCalls();
        long begin = System.nanoTime();
        try (WireFleet fleet = WireFleet.connect(cold.port(), messages)) {
            StoreRig.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(fleet.complaints()).isEmpty();
                assertThat(fleet.records()).isGreaterThanOrEqualTo(expected);
            });
            Duration needed = Duration.ofNanos(System.nanoTime() - begin);
            System.out.printf(
                    "%d clients, %d topics, %d records in %d ms; %d pages of history, %d bytes kept; %s -> %s%n",
                    CLIENTS,
                    TOPICS.size(),
                    expected,
                    needed.toMillis(),
                    broadcaster.pages(),
                    cold.stats().historyBytes(),
                    scriptCalls,
                    scriptCalls());
            assertThat(fleet.records()).isEqualTo(expected);
            assertThat(broadcaster.pages())
                    .isBetween(
                            (long) TOPICS.size() * pagesPerTopic,
                            (1 + needed.dividedBy(KEPT)) * TOPICS.size() * pagesPerTopic);
            assertThat(cold.stats().droppedPages()).isZero();
        }
    }

    private List<String> subscriptions(int seq) {
        return TOPICS.stream()
                .map(topic -> """
                        {"type":"subscribe","id":%d,"topic":"%s","since":{"epoch":"%s","seq":%d}}""".formatted(TOPICS.indexOf(topic) + 1, topic, epochs.get(topic), seq))
                .toList();
    }

    private String scriptCalls() {
        try (Jedis jedis = redis.admin()) {
            return RedisProcess.field(jedis.info("commandstats"), "cmdstat_evalsha");
        }
    }
}
