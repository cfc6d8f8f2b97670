package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Identity;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against the real server, over real sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientIT {

    private static final ReconnectPolicy FAST =
            new ReconnectPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));

    private static TelemetryServer startServer(int port) {
        return TelemetryServer.builder()
                .port(port)
                .allowAnonymous(Rights.ALL)
                .build()
                .start();
    }

    private static URI through(FaultProxy proxy) {
        return URI.create("http://127.0.0.1:" + proxy.port() + "/telemetry");
    }

    private static long publish(TelemetryServer server, String topic) {
        return server.publish(topic, Map.of("value", 1))
                .toCompletableFuture()
                .join()
                .seq();
    }

    private static List<Long> oneTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void everyRecordComesOnceAndInOrderHoweverOftenTheConnectionIsCut() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> topics = List.of("host.cpu", "host.memory", "app.orders");
        Heard pattern = new Heard();
        Heard exact = new Heard();
        try (TelemetryServer server = startServer(0);
                FaultProxy proxy = FaultProxy.to(server.port());
                TelemetryClient client = TelemetryClient.builder()
                        .url(through(proxy))
                        .reconnectPolicy(FAST)
                        .build()) {
            client.connect();
            client.subscribe("host.*", SubscribeOptions.from(Since.START), pattern);
            client.subscribe("app.orders", SubscribeOptions.from(Since.START), exact);
            long last = 0;
            for (int i = 0; i < 2_000; i++) {
                for (String topic : topics) {
                    last = publish(server, topic);
                }
                if (random.nextInt(100) == 0) {
                    long heard = last - random.nextInt(20);
                    await().until(() -> exact.records.size() >= heard);
                    proxy.cut(Cut.RESET);
                }
            }
            long total = last;
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> pattern.records.size() >= 2 * total && exact.records.size() >= total);

            assertThat(exact.numbers("app.orders")).as("seed %d", seed).isEqualTo(oneTo(total));
            assertThat(pattern.numbers("host.cpu")).as("seed %d", seed).isEqualTo(oneTo(total));
            assertThat(pattern.numbers("host.memory")).as("seed %d", seed).isEqualTo(oneTo(total));
            assertThat(pattern.gaps).isEmpty();
            assertThat(client.stats().reconnects()).isPositive();
        }
    }

    @Test
    void aServerThatLostItsHistoryIsAGapAndThenLive() throws Exception {
        Heard heard = new Heard();
        TelemetryServer first = startServer(0);
        int port = first.port();
        try (TelemetryClient client =
                TelemetryClient.builder().url(first.uri()).reconnectPolicy(FAST).build()) {
            client.connect();
            client.subscribe("a", SubscribeOptions.from(Since.START), heard);
            publish(first, "a");
            publish(first, "a");
            await().until(() -> heard.records.size() == 2);
            first.close();
            try (TelemetryServer second = startServer(port)) {
                publish(second, "a");
                // The first server has asked the client to stay away for up to five seconds.
                await().atMost(Duration.ofSeconds(20)).until(() -> heard.records.size() == 3);

                assertThat(heard.gaps).singleElement().satisfies(gap -> {
                    assertThat(gap.reason()).isEqualTo(GapReason.EPOCH_CHANGED);
                    assertThat(gap.position().seq()).isZero();
                });
                assertThat(heard.numbers("a")).containsExactly(1L, 2L, 1L);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void positionsThatWereStoredResumeInAnotherClient() throws Exception {
        try (TelemetryServer server = startServer(0)) {
            publish(server, "a");
            Position stored;
            Heard before = new Heard();
            try (TelemetryClient client =
                    TelemetryClient.builder().url(server.uri()).build()) {
                client.connect();
                Subscription subscription = client.subscribe("a", SubscribeOptions.from(Since.START), before);
                Topic topic = Topic.of("a");
                await().until(() -> subscription
                                .positions()
                                .getOrDefault(topic, Position.NONE)
                                .seq()
                        == 1);
                stored = subscription.positions().get(topic);
            }
            publish(server, "a");
            publish(server, "a");
            Heard after = new Heard();
            try (TelemetryClient client =
                    TelemetryClient.builder().url(server.uri()).build()) {
                client.connect();
                client.subscribe("a", SubscribeOptions.from(Since.after(stored)), after);
                await().until(() -> after.records.size() == 2);

                assertThat(after.numbers("a")).containsExactly(2L, 3L);
            }
        }
    }

    @Test
    void aClientPublishesWhatItMay() throws Exception {
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous(new Rights(Rights.ALL.subscribe(), Rights.ALL.publish()))
                        .build()
                        .start();
                TelemetryClient client =
                        TelemetryClient.builder().url(server.uri()).build()) {
            client.connect();

            Position position = client.publish("a.b", "key", Map.of("x", 1)).get(10, TimeUnit.SECONDS);

            assertThat(position.seq()).isEqualTo(1);
        }
        try (TelemetryServer readOnly = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous()
                        .build()
                        .start();
                TelemetryClient client =
                        TelemetryClient.builder().url(readOnly.uri()).build()) {
            client.connect();

            assertThatThrownBy(() -> client.publish("a", 1).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("publish");
        }
    }

    @Test
    void aRefusedTokenIsAStateThatTheApplicationSees() throws Exception {
        AtomicReference<ClientState> state = new AtomicReference<>();
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .authenticator(credentials -> {
                            if (credentials.token().equals("good")) {
                                return new Identity("tester", Rights.READ_ALL, null);
                            }
                            throw new AuthenticationException("not a good token");
                        })
                        .build()
                        .start();
                TelemetryClient client = TelemetryClient.builder()
                        .url(server.uri())
                        .token("bad")
                        .reconnectPolicy(FAST)
                        .listener(new ClientListener() {
                            @Override
                            public void onStateChange(StateChange change) {
                                state.set(change.to());
                            }
                        })
                        .build()) {
            client.connect();

            await().until(() -> state.get() == ClientState.UNAUTHORIZED);
        }
    }
}
