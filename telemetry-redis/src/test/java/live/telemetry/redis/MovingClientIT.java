package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import live.telemetry.client.Fallback;
import live.telemetry.client.ReconnectPolicy;
import live.telemetry.client.SubscribeOptions;
import live.telemetry.client.TelemetryClient;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.envelope.Since;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A client is cut off again and again, and goes on at another node each time, under load. So many seconds of it as {@code
 * -Dtelemetry.faults.seconds} says; {@code -Dtelemetry.faults.seed} repeats the choices.
 */
class MovingClientIT {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("telemetry.faults.seconds", 10));
    private static final long SEED = Long.getLong("telemetry.faults.seed", System.nanoTime());
    private static final List<String> TOPICS =
            List.of("host.cpu", "host.memory", "host.disk", "app.orders", "app.carts");
    private static final int ROUNDS_PER_SECOND = 100;

    private final RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
    private final Nodes nodes = new Nodes(redis.uri()).start(3);
    private final List<FaultProxy> proxies =
            nodes.all().stream().map(server -> FaultProxy.to(server.port())).toList();
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private final Random random = new Random(SEED);
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private int round;

    @AfterEach
    void close() {
        publisher.shutdownNow();
        proxies.forEach(FaultProxy::close);
        nodes.close();
        redis.close();
    }

    /** One record of each topic, all on another node than the last ones. */
    private void publishRound() {
        int number = ++round;
        TOPICS.forEach(topic -> nodes.get(number % 3)
                .publish(topic, number)
                .whenComplete((position, error) -> (error == null ? acknowledged : failed).increment()));
    }

    @Test
    void hasEveryRecordOnceAndInOrder() throws Exception {
        ReceivedLog all = new ReceivedLog();
        ReceivedLog pattern = new ReceivedLog();
        ReceivedLog exact = new ReceivedLog();
        List<Long> visits;
        TelemetryClient client = TelemetryClient.builder()
                .urls(proxies.stream()
                        .map(proxy -> "http://127.0.0.1:" + proxy.port())
                        .toArray(String[]::new))
                .fallback(Fallback.DEFAULT.withTransports(TransportKind.WEBSOCKET))
                .reconnectPolicy(
                        new ReconnectPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1)))
                .build();
        try (client) {
            client.subscribe(">", SubscribeOptions.from(Since.START), all);
            client.subscribe("host.*", SubscribeOptions.from(Since.START), pattern);
            client.subscribe("app.orders", SubscribeOptions.from(Since.START), exact);
            open(0, Cut.FIN);
            client.connect();
            publisher.scheduleAtFixedRate(this::publishRound, 0, 1_000_000 / ROUNDS_PER_SECOND, TimeUnit.MICROSECONDS);
            int moves = moveAbout(all);
            publisher.shutdown();
            assertThat(publisher.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            StoreRig.await()
                    .untilAsserted(() ->
                            assertThat(acknowledged.sum() + failed.sum()).isEqualTo((long) round * TOPICS.size()));
            StoreRig.await().untilAsserted(() -> {
                assertThat(all.total()).isGreaterThanOrEqualTo(acknowledged.sum());
                assertThat(pattern.total()).isGreaterThanOrEqualTo(3L * round);
                assertThat(exact.total()).isGreaterThanOrEqualTo(round);
            });
            visits = nodes.all().stream()
                    .map(server -> server.stats().acceptedConnections())
                    .toList();
            System.out.printf(
                    "%d s, %d moves, seed %d: %d records in %d topics, %d not acknowledged; connections at the nodes %s; %s%n",
                    LENGTH.toSeconds(),
                    moves,
                    SEED,
                    acknowledged.sum(),
                    TOPICS.size(),
                    failed.sum(),
                    visits,
                    client.stats());
        }
        assertThat(failed.sum()).isZero();
        for (String topic : TOPICS) {
            assertWhole(all, topic);
        }
        for (String topic : TOPICS.subList(0, 3)) {
            assertWhole(pattern, topic);
        }
        assertWhole(exact, "app.orders");
        assertThat(visits)
                .as("seed %d", SEED)
                .allSatisfy(count -> assertThat(count).isPositive());
    }

    /** From now on only this node lets anybody in, and those who are at others are cut off. */
    private void open(int node, Cut cut) {
        for (FaultProxy proxy : proxies) {
            proxy.refuse(proxy != proxies.get(node));
        }
        proxies.stream().filter(proxy -> proxy != proxies.get(node)).forEach(proxy -> proxy.cut(cut));
    }

    private int moveAbout(ReceivedLog all) {
        long end = System.nanoTime() + LENGTH.toNanos();
        int moves = 0;
        int node = 0;
        while (System.nanoTime() < end || moves < 6) {
            long before = all.total();
            int more = 1 + random.nextInt(500);
            StoreRig.await().until(() -> all.total() >= before + more);
            node = (node + 1 + random.nextInt(2)) % 3;
            open(node, random.nextBoolean() ? Cut.RESET : Cut.FIN);
            moves++;
        }
        return moves;
    }

    /** Every round came, each once, under the next number. */
    private void assertWhole(ReceivedLog log, String topic) {
        List<ReceivedLog.Entry> entries = log.of(topic);
        assertThat(ReceivedLog.firstOutOfOrder(entries))
                .as("%s, seed %d", topic, SEED)
                .isZero();
        assertThat(entries.stream()
                        .map(entry -> Integer.parseInt(entry.data()))
                        .sorted()
                        .toList())
                .as("%s, seed %d", topic, SEED)
                .isEqualTo(IntStream.rangeClosed(1, round).boxed().toList());
        assertThat(log.complaints).as("seed %d", SEED).isEmpty();
    }
}
