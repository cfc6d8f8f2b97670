package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.client.transport.http.HttpTransports;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.ServerLimits;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.TelemetryServerBuilder;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client over plain HTTP against the real server, over real sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpClientIT {

    private static final ReconnectPolicy FAST =
            new ReconnectPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1));

    enum Way {
        SSE(TransportKind.SSE),
        LONG_POLL(TransportKind.LONG_POLL);

        private final TransportKind kind;

        Way(TransportKind kind) {
            this.kind = kind;
        }

        TelemetryClient to(TelemetryClientBuilder builder, ClientListener listener) {
            HttpTransports transports = new HttpTransports();
            ListenerThread listeners = new ListenerThread("listener");
            ClientCore core = new ClientCore(
                    builder.reconnectPolicy(FAST)
                            .fallback(Fallback.DEFAULT.withTransports(kind))
                            .settings(),
                    listener,
                    listeners,
                    listeners::end,
                    new ThreadLoop("client"),
                    (kind, request) ->
                            kind == TransportKind.SSE ? transports.sse(request) : transports.longPoll(request),
                    new Random(1)::nextDouble);
            return new TelemetryClient(core);
        }

        TelemetryClient to(URI uri) {
            return to(TelemetryClient.builder().url(uri), new ClientListener() {});
        }
    }

    private static TelemetryServerBuilder server() {
        return TelemetryServer.builder().port(0).allowAnonymous(Rights.ALL);
    }

    private static Position publish(TelemetryServer server, String topic) {
        return publish(server, topic, Map.of("value", 1));
    }

    private static Position publish(TelemetryServer server, String topic, Object data) {
        return server.publish(topic, data).toCompletableFuture().join();
    }

    private static List<Long> oneTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @ParameterizedTest
    @EnumSource
    void everyRecordComesOnceAndInOrder(Way way) {
        Heard pattern = new Heard();
        Heard exact = new Heard();
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            client.connect();
            client.subscribe("host.*", SubscribeOptions.from(Since.START), pattern);
            client.subscribe("app.orders", SubscribeOptions.from(Since.START), exact);
            for (int i = 0; i < 2_000; i++) {
                publish(server, "host.cpu");
                publish(server, "host.memory");
                publish(server, "app.orders");
            }
            pattern.await(4_000);
            exact.await(2_000);

            assertThat(exact.numbers("app.orders")).isEqualTo(oneTo(2_000));
            assertThat(pattern.numbers("host.cpu")).isEqualTo(oneTo(2_000));
            assertThat(pattern.numbers("host.memory")).isEqualTo(oneTo(2_000));
            assertThat(client.stats().duplicatesDropped()).isZero();
            assertThat(client.stats().reconnects()).isZero();
            assertThat(client.stats().resubscriptions()).isZero();
            assertThat(client.stats().undecodableMessages()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyRecordComesOnceHoweverOftenTheConnectionIsCut(Way way) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Heard pattern = new Heard();
        Heard exact = new Heard();
        try (TelemetryServer server = server().build().start();
                FaultProxy proxy = FaultProxy.to(server.port());
                TelemetryClient client = way.to(URI.create("http://127.0.0.1:" + proxy.port() + "/telemetry"))) {
            client.connect();
            client.subscribe("host.*", SubscribeOptions.from(Since.START), pattern);
            client.subscribe("app.orders", SubscribeOptions.from(Since.START), exact);
            int last = 1_000;
            for (int i = 1; i <= last; i++) {
                publish(server, "host.cpu");
                publish(server, "app.orders");
                if (random.nextInt(100) == 0) {
                    exact.await(i - 20);
                    proxy.cut(Cut.RESET);
                }
            }
            pattern.await(last);
            exact.await(last);

            assertThat(exact.numbers("app.orders")).as("seed %d", seed).isEqualTo(oneTo(last));
            assertThat(pattern.numbers("host.cpu")).as("seed %d", seed).isEqualTo(oneTo(last));
            assertThat(pattern.gaps).isEmpty();
            assertThat(exact.gaps).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void subscriptionsComeAndGoWhileRecordsFlow(Way way) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Heard steady = new Heard();
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            client.connect();
            client.subscribe("a.>", SubscribeOptions.from(Since.START), steady);
            List<Subscription> others = new CopyOnWriteArrayList<>();
            List<Heard> heard = new CopyOnWriteArrayList<>();
            String[] patterns = {"a.x", "b.x", "b.*", "a.y", "*.z", "a.*"};
            for (int i = 1; i <= 1_000; i++) {
                for (String topic : List.of("a.x", "a.y", "a.z", "b.x")) {
                    publish(server, topic);
                }
                if (i % 20 == 0) {
                    if (!others.isEmpty() && random.nextBoolean()) {
                        others.remove(random.nextInt(others.size())).close();
                    } else {
                        Heard one = new Heard();
                        heard.add(one);
                        Since since = random.nextBoolean() ? Since.START : Since.NOW;
                        others.add(client.subscribe(
                                patterns[random.nextInt(patterns.length)], SubscribeOptions.from(since), one));
                    }
                    int reached = 3 * i - 60;
                    steady.await(reached);
                }
            }
            steady.await(3_000);

            for (String topic : List.of("a.x", "a.y", "a.z")) {
                assertThat(steady.numbers(topic)).as("seed %d", seed).isEqualTo(oneTo(1_000));
            }
            for (Heard one : heard) {
                for (String topic : List.of("a.x", "a.y", "a.z", "b.x")) {
                    List<Long> numbers = one.numbers(topic);
                    assertThat(numbers)
                            .as("seed %d", seed)
                            .isEqualTo(
                                    numbers.isEmpty()
                                            ? List.of()
                                            : LongStream.rangeClosed(numbers.get(0), numbers.get(numbers.size() - 1))
                                                    .boxed()
                                                    .toList());
                }
                assertThat(one.gaps).isEmpty();
            }
            assertThat(client.stats().reconnects()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void topicsOfAPatternThatAreBornLaterBeginAtTheirFirstRecord(Way way) {
        Heard heard = new Heard();
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            publish(server, "old.topic");
            client.connect();
            client.subscribe(">", SubscribeOptions.from(Since.NOW), heard);
            await().until(() -> {
                publish(server, "old.topic");
                return !heard.records.isEmpty();
            });
            for (int topic = 0; topic < 50; topic++) {
                publish(server, "born." + topic);
                publish(server, "born." + topic);
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> heard.numbers("born.49").size() == 2);

            for (int topic = 0; topic < 50; topic++) {
                assertThat(heard.numbers("born." + topic)).containsExactly(1L, 2L);
            }
            assertThat(heard.numbers("old.topic")).doesNotContain(1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatLostItsHistoryIsAGapAndThenLive(Way way) {
        Heard exact = new Heard();
        Heard pattern = new Heard();
        TelemetryServer first = server().build().start();
        int port = first.port();
        try (TelemetryClient client = way.to(first.uri())) {
            client.connect();
            client.subscribe("a", SubscribeOptions.from(Since.START), exact);
            client.subscribe("b.*", SubscribeOptions.from(Since.START), pattern);
            publish(first, "a");
            publish(first, "a");
            publish(first, "b.x");
            exact.await(2);
            pattern.await(1);
            first.close();
            try (TelemetryServer second = server().port(port).build().start()) {
                publish(second, "a");
                publish(second, "b.x");
                // The first server has asked the client to stay away for up to five seconds.
                exact.await(3);
                pattern.await(2);

                assertThat(exact.gaps)
                        .singleElement()
                        .satisfies(gap -> assertThat(gap.reason()).isEqualTo(GapReason.EPOCH_CHANGED));
                assertThat(exact.numbers("a")).containsExactly(1L, 2L, 1L);
                assertThat(pattern.numbers("b.x")).containsExactly(1L, 1L);
                assertThat(pattern.gaps).hasSize(1);
            }
        } finally {
            first.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatRetentionDroppedIsAGap(Way way) {
        Heard heard = new Heard();
        Position stored = new Position("old", 5);
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            publish(server, "a");
            client.connect();
            client.subscribe("a", SubscribeOptions.from(Since.after(stored)), heard);
            heard.await(1);

            assertThat(heard.gaps)
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.reason()).isEqualTo(GapReason.EPOCH_CHANGED));
        }
    }

    @ParameterizedTest
    @EnumSource
    void snapshotsAreWholeAlsoBeyondOneAnswer(Way way) {
        Heard heard = new Heard();
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            for (int i = 0; i < 2_500; i++) {
                server.publish("a", "key-" + i % 1_250, i).toCompletableFuture().join();
            }
            client.connect();
            client.subscribe("a", SubscribeOptions.from(Since.SNAPSHOT), heard);
            heard.await(1_250);
            publish(server, "a");
            heard.await(1_251);

            assertThat(heard.numbers("a"))
                    .isEqualTo(LongStream.rangeClosed(1_251, 2_501).boxed().toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConflatedSubscriptionGetsTheLatestRecord(Way way) {
        Heard heard = new Heard();
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            publish(server, "a");
            client.connect();
            client.subscribe("a", SubscribeOptions.from(Since.START).withMode(Mode.conflated(50)), heard);
            heard.await(1);
            for (int i = 2; i <= 500; i++) {
                publish(server, "a");
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> heard.numbers("a").contains(500L));

            assertThat(heard.numbers("a")).isSorted().doesNotHaveDuplicates();
            assertThat(heard.gaps).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientPublishesInOrderWhatItMay(Way way) throws Exception {
        try (TelemetryServer server = server().build().start();
                TelemetryClient client = way.to(server.uri())) {
            client.connect();
            List<CompletableFuture<Position>> all = new CopyOnWriteArrayList<>();
            for (int i = 1; i <= 500; i++) {
                all.add(client.publish("a.b", "key", Map.of("x", i)));
            }
            for (int i = 1; i <= 500; i++) {
                assertThat(all.get(i - 1).get(20, TimeUnit.SECONDS).seq()).isEqualTo(i);
            }
        }
        try (TelemetryServer readOnly = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous()
                        .build()
                        .start();
                TelemetryClient client = way.to(readOnly.uri())) {
            client.connect();

            assertThatThrownBy(() -> client.publish("a", 1).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("publish");
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheForbiddenOnesOfManySubscriptionsEnd(Way way) {
        Rights rights = new Rights(List.of(TopicPattern.of("ok.>")), List.of());
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous(rights)
                        .build()
                        .start();
                TelemetryClient client = way.to(server.uri())) {
            client.connect();
            List<Heard> heard = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 20; i++) {
                Heard one = new Heard();
                heard.add(one);
                String topic = (i % 7 == 3 ? "no." : "ok.") + i;
                publish(server, topic);
                client.subscribe(topic, SubscribeOptions.from(Since.START), one);
            }
            for (int i = 0; i < 20; i++) {
                Heard one = heard.get(i);
                if (i % 7 == 3) {
                    await().until(() -> one.end.get() != null);
                    assertThat(one.end.get().code()).isEqualTo(ErrorCode.FORBIDDEN);
                } else {
                    one.await(1);
                    assertThat(one.end).hasValue(null);
                }
            }
            assertThat(client.stats().reconnects()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreSubscriptionsThanTheServerTakesAreRefusedOneByOne(Way way) {
        try (TelemetryServer server = server().limits(ServerLimits.DEFAULT.withMaxSubscriptions(3))
                        .build()
                        .start();
                TelemetryClient client = way.to(server.uri())) {
            client.connect();
            List<Heard> heard = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 5; i++) {
                Heard one = new Heard();
                heard.add(one);
                publish(server, "a." + i);
                client.subscribe("a." + i, SubscribeOptions.from(Since.START), one);
            }
            await().until(() -> heard.stream()
                                    .filter(one -> one.end.get() != null)
                                    .count()
                            == 2
                    && heard.stream().filter(one -> one.records.size() == 1).count() == 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedTokenIsAStateThatTheApplicationSees(Way way) {
        AtomicReference<ClientState> state = new AtomicReference<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void onStateChange(StateChange change) {
                state.set(change.to());
            }
        };
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .authenticator(credentials -> {
                            throw new AuthenticationException("not a good token");
                        })
                        .build()
                        .start();
                TelemetryClient client =
                        way.to(TelemetryClient.builder().url(server.uri()).token("bad"), listener)) {
            client.connect();

            await().until(() -> state.get() == ClientState.UNAUTHORIZED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokensThatExpireAreReplacedAndNothingIsLost(Way way) {
        AtomicInteger tokens = new AtomicInteger();
        Map<String, Instant> expiries = new ConcurrentHashMap<>();
        Heard heard = new Heard();
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .authenticator(credentials -> {
                            Instant expiry = expiries.computeIfAbsent(
                                    credentials.token(), token -> Instant.now().plusMillis(2_500));
                            if (expiry.isBefore(Instant.now())) {
                                throw new AuthenticationException("the token has expired");
                            }
                            return new Identity("tester", Rights.ALL, expiry);
                        })
                        .build()
                        .start();
                TelemetryClient client = way.to(
                        TelemetryClient.builder().url(server.uri()).token(() -> "token-" + tokens.incrementAndGet()),
                        new ClientListener() {})) {
            client.connect();
            client.subscribe("a", SubscribeOptions.from(Since.START), heard);
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        publish(server, "a");
                        return tokens.get() >= 3;
                    });
            long last = publish(server, "a").seq();
            heard.await((int) last);

            assertThat(heard.numbers("a")).isEqualTo(oneTo(last));
        }
    }
}
