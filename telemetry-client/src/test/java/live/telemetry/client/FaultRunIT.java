package live.telemetry.client;

import static live.telemetry.client.transport.TransportKind.LONG_POLL;
import static live.telemetry.client.transport.TransportKind.SSE;
import static live.telemetry.client.transport.TransportKind.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.FaultRun;
import live.telemetry.tck.proxy.ProxyFault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Everything goes wrong between three clients and their server, and every listener is told every record once and in order. So many
 * seconds of it as {@code -Dtelemetry.faults.seconds} says; {@code -Dtelemetry.faults.seed} repeats the choice of faults.
 */
class FaultRunIT {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("telemetry.faults.seconds", 12));
    private static final long SEED = Long.getLong("telemetry.faults.seed", System.nanoTime());

    private static final List<String> TOPICS =
            List.of("host.cpu", "host.memory", "host.disk", "app.orders", "app.carts");
    private static final int ROUNDS_PER_SECOND = 100;

    /** So short that black holes outlast it. */
    private static final Duration HEARTBEAT = Duration.ofMillis(250);

    private static final Timeouts TIMEOUTS = new Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ZERO,
            Duration.ofSeconds(2));
    private static final ReconnectPolicy POLICY =
            new ReconnectPolicy(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(1));

    private final TelemetryServer server = TelemetryServer.builder()
            .port(0)
            .allowAnonymous(Rights.ALL)
            .heartbeat(HEARTBEAT)
            .retention(Retention.DEFAULT.withMaxRecords(1_000_000).withMaxBytes(64 << 20))
            .build()
            .start();
    private final FaultProxy proxy = FaultProxy.to(server.port());
    private final ExecutorService listenerExecutor = Executors.newFixedThreadPool(3);
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private final Map<Audit, TopicPattern> audits = new LinkedHashMap<>();
    private final List<TelemetryClient> clients = new ArrayList<>();

    @AfterEach
    void stop() {
        clients.forEach(TelemetryClient::close);
        listenerExecutor.shutdownNow();
        publisher.shutdownNow();
        proxy.close();
        server.close();
    }

    private TelemetryClientBuilder client(TransportKind best, TransportKind... others) {
        return TelemetryClient.builder()
                .url("ws://127.0.0.1:" + proxy.port())
                .fallback(Fallback.DEFAULT.withTransports(best, others))
                .timeouts(TIMEOUTS)
                .reconnectPolicy(POLICY);
    }

    private void connect(TelemetryClientBuilder builder, String... topicsOrPatterns) {
        TelemetryClient client = builder.build();
        clients.add(client);
        client.connect();
        for (String each : topicsOrPatterns) {
            Audit audit = new Audit("client " + clients.size() + ", " + each);
            audits.put(audit, TopicPattern.of(each));
            client.subscribe(each, SubscribeOptions.from(Since.START), audit);
        }
    }

    private void publishRound() {
        TOPICS.forEach(topic -> server.publish(topic, System.nanoTime()));
    }

    @Test
    void everyRecordComesOnceAndInOrderWhateverTheNetworkDoes() throws Exception {
        connect(client(WEBSOCKET), "host.cpu", "host.*", "app.orders", "app.orders");
        connect(client(WEBSOCKET).listenerExecutor(listenerExecutor), ">", "app.*", "app.carts");
        connect(client(SSE, LONG_POLL), ">", "host.disk");
        ScheduledFuture<?> publishing = publisher.scheduleAtFixedRate(
                this::publishRound, 0, 1_000_000 / ROUNDS_PER_SECOND, TimeUnit.MICROSECONDS);
        Map<ProxyFault, Integer> faults;
        try (FaultRun run = FaultRun.start(proxy, new Random(SEED), LENGTH)) {
            faults = run.over().get(LENGTH.toSeconds() + 30, TimeUnit.SECONDS);
        } finally {
            publishing.cancel(false);
        }
        // Behind a record that was lost last, so that it is missed.
        publisher.submit(this::publishRound).get();
        long rounds = server.stats().records() / TOPICS.size();

        await().atMost(Duration.ofSeconds(30))
                .failFast(() -> assertNoFaults())
                .untilAsserted(() -> assertThat(audits)
                        .as("seed %d", SEED)
                        .allSatisfy((audit, pattern) -> assertThat(TOPICS)
                                .filteredOn(topic -> pattern.matches(Topic.of(topic)))
                                .allSatisfy(topic -> assertThat(audit.last(topic))
                                        .as(audit + " in " + topic)
                                        .isEqualTo(rounds))));

        print(faults, rounds);
        assertNoFaults();
        assertThat(audits.keySet())
                .as("seed %d", SEED)
                .allSatisfy(audit -> assertThat(audit.gaps).isEmpty());
        assertThat(clients)
                .allSatisfy(client -> assertThat(client.stats().reconnects()).isPositive());
    }

    private void assertNoFaults() {
        assertThat(audits.keySet())
                .as("seed %d", SEED)
                .allSatisfy(audit -> assertThat(audit.faults).isEmpty());
    }

    private void print(Map<ProxyFault, Integer> faults, long rounds) {
        System.out.printf(
                "%d s of faults, seed %d: %d records in each of %d topics; faults %s; %s%n",
                LENGTH.toSeconds(), SEED, rounds, TOPICS.size(), faults, proxy.stats());
        clients.forEach(client -> System.out.println("  " + client.stats()));
    }
}
