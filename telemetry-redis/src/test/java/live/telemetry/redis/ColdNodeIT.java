package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    void thoseWhoStandAtOnePositionReadPagesTogether() throws IOException {
        come(client -> RECORDS / 2);
    }

    @Test
    void thoseWhoStandAtDifferentPositionsReadPagesTogether() throws IOException {
        come(client -> client * RECORDS / CLIENTS);
    }

    private void come(IntUnaryOperator positionOfClient) throws IOException {
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
            System.out.printf(
                    "%d clients, %d topics, %d records in %d ms; %d pages of history from %d positions; %s -> %s%n",
                    CLIENTS,
                    TOPICS.size(),
                    expected,
                    (System.nanoTime() - begin) / 1_000_000,
                    broadcaster.pages(),
                    broadcaster.positions(),
                    scriptCalls,
                    scriptCalls());
            assertThat(fleet.records()).isEqualTo(expected);
            // Pages are shared by those who ask while one is being read, so their number depends on how the clients
            // come.
            assertThat(broadcaster.pages()).isLessThan(CLIENTS);
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
