package live.telemetry.client;

import static live.telemetry.client.transport.TransportKind.LONG_POLL;
import static live.telemetry.client.transport.TransportKind.SSE;
import static live.telemetry.client.transport.TransportKind.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.HttpFault;
import live.telemetry.tck.proxy.Treatment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The network lets another transport through every few seconds, and every listener is told every record once and in order. So many
 * seconds of it as {@code -Dtelemetry.faults.seconds} says; {@code -Dtelemetry.faults.seed} repeats the choices.
 */
class SwitchingIT {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("telemetry.faults.seconds", 15));
    private static final long SEED = Long.getLong("telemetry.faults.seed", System.nanoTime());
    private static final List<String> TOPICS =
            List.of("host.cpu", "host.memory", "host.disk", "app.orders", "app.carts");
    private static final int ROUNDS_PER_SECOND = 100;

    private static final HttpFault NO_WEBSOCKET = HttpFault.onUpgrade(Treatment.SWALLOW);
    private static final HttpFault ONLY_POLLS = NO_WEBSOCKET.or(HttpFault.onPath("/events", Treatment.BUFFER));

    private final TelemetryServer server = TelemetryServer.builder()
            .port(0)
            .allowAnonymous(Rights.ALL)
            .retention(Retention.DEFAULT.withMaxRecords(1_000_000).withMaxBytes(64 << 20))
            .build()
            .start();
    private final FaultProxy proxy = FaultProxy.to(server.port());
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private final ConcurrentLinkedQueue<StateChange> changes = new ConcurrentLinkedQueue<>();
    private final Random random = new Random(SEED);

    @AfterEach
    void stop() {
        publisher.shutdownNow();
        proxy.close();
        server.close();
    }

    private void publishRound() {
        TOPICS.forEach(topic -> server.publish(topic, System.nanoTime()));
    }

    /** From now on no better transport than this one gets through, if it is new. */
    private void allow(TransportKind best) {
        proxy.http(
                switch (best) {
                    case WEBSOCKET -> HttpFault.NONE;
                    case SSE -> NO_WEBSOCKET;
                    case LONG_POLL -> ONLY_POLLS;
                });
    }

    @Test
    void everyRecordComesOnceAndInOrderOverWhateverGetsThrough() throws Exception {
        Audit pattern = new Audit("host.*");
        Audit exact = new Audit("app.orders");
        Audit all = new Audit(">");
        TelemetryClient client = TelemetryClient.builder()
                .url("http://127.0.0.1:" + proxy.port())
                .reconnectPolicy(
                        new ReconnectPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1)))
                .fallback(Fallback.DEFAULT
                        .withPatience(Duration.ofSeconds(1))
                        .withProbes(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .listener(new ClientListener() {
                    @Override
                    public void onStateChange(StateChange change) {
                        changes.add(change);
                    }
                })
                .build();
        try (client) {
            client.connect();
            client.subscribe("host.*", SubscribeOptions.from(Since.START), pattern);
            client.subscribe("app.orders", SubscribeOptions.from(Since.START), exact);
            client.subscribe(">", SubscribeOptions.from(Since.START), all);
            publisher.scheduleAtFixedRate(this::publishRound, 0, 1_000_000 / ROUNDS_PER_SECOND, TimeUnit.MICROSECONDS);
            long end = System.nanoTime() + LENGTH.toNanos();
            List<TransportKind> course = new ArrayList<>();
            while (System.nanoTime() < end || course.size() < 5) {
                TransportKind best = TransportKind.values()[(course.size() + 1) % 3];
                course.add(best);
                allow(best);
                if (best != WEBSOCKET || random.nextBoolean()) {
                    proxy.cut(random.nextBoolean() ? Cut.RESET : Cut.FIN);
                }
                await().atMost(Duration.ofSeconds(30))
                        .until(() ->
                                client.stats().transport().filter(best::equals).isPresent());
                long records = all.records();
                await().atMost(Duration.ofSeconds(30)).until(() -> all.records() > records + random.nextInt(500));
            }
            publisher.shutdown();
            assertThat(publisher.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            long rounds = server.stats().records() / TOPICS.size();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                for (String topic : TOPICS) {
                    assertThat(all.last(topic)).isEqualTo(rounds);
                }
                assertThat(exact.last("app.orders")).isEqualTo(rounds);
                assertThat(pattern.last("host.disk")).isEqualTo(rounds);
            });
            System.out.printf(
                    "%d switches in %d s, seed %d: %d records in each of %d topics; by %s; %s%n",
                    course.size(), LENGTH.toSeconds(), SEED, rounds, TOPICS.size(), connectedBy(), client.stats());
            for (Audit audit : List.of(pattern, exact, all)) {
                assertThat(audit.faults).as("seed %d", SEED).isEmpty();
                assertThat(audit.gaps).as("seed %d", SEED).isEmpty();
            }
            assertThat(connectedBy()).containsOnlyKeys(WEBSOCKET, SSE, LONG_POLL);
            assertThat(client.stats().takeOvers()).isPositive();
        }
    }

    private Map<TransportKind, Integer> connectedBy() {
        Map<TransportKind, Integer> counts = new EnumMap<>(TransportKind.class);
        changes.forEach(change -> change.transport().ifPresent(kind -> counts.merge(kind, 1, Integer::sum)));
        return counts;
    }
}
