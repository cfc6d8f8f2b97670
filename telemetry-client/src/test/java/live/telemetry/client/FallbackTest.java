package live.telemetry.client;

import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.transport.TransportKind.LONG_POLL;
import static live.telemetry.client.transport.TransportKind.SSE;
import static live.telemetry.client.transport.TransportKind.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.client.Bench.Told;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ServerEnvelope.Heartbeat;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** Which transport is tried when, and how a better one takes over. */
class FallbackTest {

    private static final Fallback ALL = Fallback.DEFAULT.withTransports(WEBSOCKET, SSE, LONG_POLL);
    private static final Duration PATIENCE = ALL.patience();

    private final Bench bench = new Bench(settings(), Runnable::run);
    private final Told told = new Told();

    private static ConnectSettings settings() {
        ConnectSettings one = Bench.settings(TokenSource.none());
        return new ConnectSettings(
                one.uris(), one.tokens(), one.timeouts(), one.policy(), ALL, one.limits(), one.sslContext());
    }

    private List<TransportKind> tried() {
        return bench.transports.stream().map(transport -> transport.kind).toList();
    }

    private void welcomedBySse() {
        bench.client.connect();
        bench.server().breaks();
        assertThat(bench.server().kind).isEqualTo(SSE);
        bench.server().welcome();
    }

    /** Lives on for a while. */
    private void live(Duration time) {
        FakeTransport present = bench.server();
        for (long left = time.toSeconds(); left > 0; left--) {
            bench.loop.advance(Duration.ofSeconds(1));
            present.says(new Heartbeat(1));
        }
    }

    // ---- which is tried

    @Test
    void nextTransportIsTriedAtOnceAndTheStateStaysConnecting() {
        bench.client.connect();
        bench.server().breaks();
        bench.server().breaks();
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, LONG_POLL);
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTING);
        bench.server().breaks();
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        bench.loop.advance(Duration.ofMillis(250));
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, LONG_POLL, WEBSOCKET);
    }

    @Test
    void transportThatSwallowsEverythingIsGivenUpSoon() {
        bench.client.connect();
        bench.loop.advance(PATIENCE);
        bench.server().accept();
        bench.loop.advance(PATIENCE);
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, LONG_POLL);
        bench.loop.advance(PATIENCE);
        assertThat(bench.client.state()).as("the last one has time").isEqualTo(ClientState.CONNECTING);
        bench.server().welcome();
        assertThat(bench.client.stats().transport()).contains(LONG_POLL);
        assertThat(bench.lastChange().transport()).contains(LONG_POLL);
    }

    @Test
    void refusedTokenIsNoBlockedTransport() {
        bench.client.connect();
        bench.server().refuses(401);
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        bench.loop.advance(Duration.ofSeconds(1));
        bench.server().refuses(401);
        assertThat(bench.client.state()).isEqualTo(ClientState.UNAUTHORIZED);
        assertThat(tried()).containsExactly(WEBSOCKET, WEBSOCKET);
    }

    @Test
    void pageOfAProxyIsABlockedTransport() {
        bench.client.connect();
        bench.server().ends(TransportEnd.refused(403, "Forbidden by policy", null, false));
        assertThat(tried()).containsExactly(WEBSOCKET, SSE);
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTING);
    }

    @Test
    void requestWhoseUpgradeWasTakenAwayIsABlockedTransport() {
        bench.client.connect();
        bench.server().refuses(426);
        assertThat(tried()).containsExactly(WEBSOCKET, SSE);
    }

    @Test
    void serverThatIsBusyIsNoBlockedTransport() {
        bench.client.connect();
        bench.server().refuses(503);
        assertThat(tried()).containsExactly(WEBSOCKET);
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
    }

    @Test
    void oneThatWorkedIsTriedFirst() {
        welcomedBySse();
        live(Duration.ofSeconds(11));
        bench.server().closes(1001);
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, SSE);
    }

    @Test
    void serverThatIsDownIsNotTriedByEveryTransportAtOnce() {
        welcomedBySse();
        bench.server().breaks();
        bench.loop.advance(Duration.ofMillis(250));
        bench.server().ends(TransportEnd.unreachable("refused"));
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        bench.loop.advance(Duration.ofMillis(500));
        bench.server().ends(TransportEnd.unreachable("refused"));
        assertThat(bench.client.state()).as("it may be another network").isEqualTo(ClientState.CONNECTING);
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, SSE, SSE, WEBSOCKET);
    }

    @Test
    void transportThatIsSwallowedBehindTheWelcomeIsNotTriedForEver() {
        bench.client.connect();
        for (int i = 0; i < 2; i++) {
            bench.server().answersPings = false;
            bench.server().welcome();
            bench.loop.advance(Duration.ofMillis(2 * FakeTransport.HEARTBEAT));
            assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
            bench.loop.advance(Duration.ofSeconds(2));
        }
        assertThat(tried()).containsExactly(WEBSOCKET, WEBSOCKET, SSE);
    }

    // ---- taking over

    @Test
    void betterTransportTakesOverWhereTheOtherOneHasCome() {
        bench.client.subscribe("host.cpu", told);
        welcomedBySse();
        FakeTransport sse = bench.server();
        bench.answer("host.cpu", "e", 5);
        sse.says(data("host.cpu", 6));
        live(ALL.probeAfter());
        FakeTransport webSocket = bench.server();
        assertThat(webSocket.kind).isEqualTo(WEBSOCKET);
        sse.says(data("host.cpu", 7));
        int changes = bench.changes.size();
        webSocket.welcome();
        assertThat(sse.closed).isTrue();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 7)));
        bench.answer("host.cpu", "e", 7);
        webSocket.says(data("host.cpu", 8));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8");
        assertThat(bench.changes).hasSize(changes + 1);
        assertThat(bench.lastChange().from()).isEqualTo(ClientState.CONNECTED);
        assertThat(bench.lastChange().to()).isEqualTo(ClientState.CONNECTED);
        assertThat(bench.lastChange().transport()).contains(WEBSOCKET);
        assertThat(bench.client.stats().takeOvers()).isEqualTo(1);
        assertThat(bench.client.stats().reconnects()).isZero();
    }

    @Test
    void whatWasPublishedIsAcknowledgedBeforeTheOldTransportIsLeft() {
        welcomedBySse();
        FakeTransport sse = bench.server();
        CompletableFuture<Position> before = bench.client.publish("app.orders", 1);
        live(ALL.probeAfter());
        FakeTransport webSocket = bench.server().welcome();
        CompletableFuture<Position> meanwhile = bench.client.publish("app.orders", 2);
        assertThat(sse.closed).isFalse();
        assertThat(sse.sent(Publish.class)).hasSize(1);
        sse.says(new Published(sse.last(Publish.class).id(), Topic.of("app.orders"), at("e", 1)));
        bench.loop.advance(Duration.ofMillis(10));
        assertThat(before).isCompletedWithValue(at("e", 1));
        assertThat(sse.closed).isTrue();
        assertThat(webSocket.sent(Publish.class)).hasSize(1);
        assertThat(meanwhile).isNotDone();
    }

    @Test
    void probesThatFailBecomeRarerAndDisturbNothing() {
        welcomedBySse();
        FakeTransport sse = bench.server();
        int changes = bench.changes.size();
        // A random half of 0.5 makes three quarters of each longest wait.
        for (long wait : new long[] {22, 45, 90, 180, 360, 450, 450}) {
            int before = bench.transports.size();
            for (long i = 0; i <= wait; i++) {
                assertThat(bench.transports.size()).isLessThanOrEqualTo(before + 1);
                bench.loop.advance(Duration.ofSeconds(1));
                sse.says(new Heartbeat(1));
            }
            assertThat(bench.transports).hasSize(before + 1);
            bench.server().breaks();
        }
        assertThat(sse.closed).isFalse();
        assertThat(bench.changes).hasSize(changes);
        assertThat(bench.client.stats().probes()).isEqualTo(7);
    }

    @Test
    void transportThatIsSwallowedBehindTheWelcomeDoesNotTakeOver() {
        welcomedBySse();
        FakeTransport sse = bench.server();
        live(ALL.probeAfter());
        FakeTransport webSocket = bench.server();
        webSocket.answersPings = false;
        webSocket.welcome();
        assertThat(sse.closed).isFalse();
        bench.loop.advance(PATIENCE);
        assertThat(webSocket.closed).isTrue();
        assertThat(sse.closed).isFalse();
        assertThat(bench.client.stats().takeOvers()).isZero();
    }

    @Test
    void lostConnectionEndsItsProbe() {
        welcomedBySse();
        FakeTransport sse = bench.server();
        live(ALL.probeAfter());
        FakeTransport probe = bench.server();
        sse.breaks();
        assertThat(probe.closed).isTrue();
        probe.welcome();
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.loop.timers()).as("the next attempt").isEqualTo(1);
    }

    @Test
    void nothingIsProbedOnTheBestTransport() {
        bench.client.connect();
        bench.server().welcome();
        live(Duration.ofMinutes(5));
        assertThat(tried()).containsExactly(WEBSOCKET);
    }

    @Test
    void secondProbeTakesOverWhereTheFirstOneEndsWhileItWaits() {
        bench.client.connect();
        bench.server().breaks();
        bench.server().breaks();
        FakeTransport longPoll = bench.server().welcome();
        CompletableFuture<Position> published = bench.client.publish("app.orders", 1);
        live(ALL.probeAfter());
        bench.server().welcome().breaks();
        FakeTransport sse = bench.server().welcome();
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, LONG_POLL, WEBSOCKET, SSE);
        longPoll.says(new Published(longPoll.last(Publish.class).id(), Topic.of("app.orders"), at("e", 1)));
        bench.loop.advance(Duration.ofMillis(10));
        assertThat(published).isCompleted();
        assertThat(longPoll.closed).isTrue();
        assertThat(sse.closed).isFalse();
        assertThat(bench.client.stats().transport()).contains(SSE);
    }

    @Test
    void missingTokenIsNoBlockedTransport() {
        ConnectSettings one = settings();
        AtomicInteger asked = new AtomicInteger();
        TokenSource failing = TokenSource.asynchronous(() -> {
            asked.incrementAndGet();
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
        });
        Bench tokenless = new Bench(
                new ConnectSettings(
                        one.uris(), failing, one.timeouts(), one.policy(), ALL, one.limits(), one.sslContext()),
                Runnable::run);
        tokenless.client.connect();
        assertThat(tokenless.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(asked).hasValue(1);
    }

    @Test
    void pagesOfAProxyInPlaceOfEveryTransportAreTriedAgain() {
        bench.client.connect();
        for (int i = 0; i < 3; i++) {
            bench.server().ends(TransportEnd.refused(403, "Forbidden by policy", null, false));
        }
        assertThat(tried()).containsExactly(WEBSOCKET, SSE, LONG_POLL);
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
    }
}
