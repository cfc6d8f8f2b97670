package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Heartbeat;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConnectionTest {

    private static final Duration SILENCE = Duration.ofMillis(2 * FakeTransport.HEARTBEAT);

    private final Bench bench = new Bench();

    private List<ClientState> states() {
        return bench.changes.stream().map(StateChange::to).toList();
    }

    @Test
    void isConnectedOnlyAfterTheWelcome() {
        bench.client.connect();
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTING);
        bench.server().accept();
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTING);
        bench.server().welcome();
        assertThat(states()).containsExactly(ClientState.CONNECTING, ClientState.CONNECTED);
    }

    @Test
    void connectingTwiceMakesOneConnection() {
        bench.client.connect();
        bench.client.connect();
        bench.server().welcome();
        bench.client.connect();
        assertThat(bench.transports).hasSize(1);
    }

    @Test
    void givesUpAnAttemptThatDoesNotOpenInTime() {
        bench.client.connect();
        bench.loop.advance(Timeouts.DEFAULT.handshake().minusMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTING);
        bench.loop.advance(Duration.ofMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.server().closed).isTrue();
        assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void givesUpAnAttemptThatIsNotWelcomedInTime() {
        bench.client.connect();
        bench.loop.advance(Duration.ofSeconds(9));
        bench.server().accept();
        bench.loop.advance(Timeouts.DEFAULT.welcome().minusMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTING);
        bench.loop.advance(Duration.ofMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.lastChange().reason()).contains("no welcome");
    }

    @Test
    void backsOffFurtherWithEachFailure() {
        bench.client.connect();
        for (long wait : new long[] {250, 500, 1000, 2000, 4000, 8000, 15000, 15000}) {
            bench.server().breaks();
            assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofMillis(wait));
            int attempts = bench.transports.size();
            bench.loop.advance(Duration.ofMillis(wait - 1));
            assertThat(bench.transports).hasSize(attempts);
            bench.loop.advance(Duration.ofMillis(1));
            assertThat(bench.transports).hasSize(attempts + 1);
        }
    }

    @Test
    void aShortConnectionDoesNotResetTheBackOffButAStableOneDoes() {
        bench.connected().breaks();
        bench.loop.advance(Duration.ofMillis(250));
        bench.server().welcome();
        bench.loop.advance(Duration.ofMillis(9_999));
        bench.server().breaks();
        assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofMillis(500));
        bench.loop.advance(Duration.ofMillis(500));
        bench.server().welcome();
        bench.loop.advance(Duration.ofSeconds(10));
        bench.server().breaks();
        assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofMillis(250));
        bench.loop.advance(Duration.ofMillis(250));
        bench.server().welcome();
        assertThat(bench.client.stats().reconnects()).isEqualTo(3);
    }

    @Test
    void silenceForTwoHeartbeatsIsDeath() {
        bench.connected();
        bench.server().answersPings = false;
        bench.loop.advance(SILENCE.minusMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
        bench.loop.advance(Duration.ofMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.server().closed).isTrue();
    }

    @Test
    void messagesAndPingsAreSignsOfLife() {
        bench.connected();
        bench.server().answersPings = false;
        bench.loop.advance(SILENCE.minusMillis(1));
        bench.server().says(new Heartbeat(1));
        bench.loop.advance(SILENCE.minusMillis(1));
        bench.server().pings();
        bench.loop.advance(SILENCE.minusMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
        bench.loop.advance(Duration.ofMillis(1));
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
    }

    @Test
    void goawayTellsWhenToComeBack() {
        bench.connected().says(new Goaway("shutdown", 1870));
        assertThat(bench.client.state()).as("the server still delivers").isEqualTo(ClientState.CONNECTED);
        bench.loop.advance(Duration.ofMillis(70));
        bench.server().closes(1001);
        assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofMillis(1800));
        bench.loop.advance(Duration.ofMillis(1799));
        assertThat(bench.transports).hasSize(1);
        bench.loop.advance(Duration.ofMillis(1));
        assertThat(bench.transports).hasSize(2);
    }

    @Test
    void goawayIsFollowedForAnHourAtMost() {
        bench.connected().says(new Goaway("shutdown", (1L << 53) - 1));
        bench.server().closes(1001);
        assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofHours(1));
        bench.loop.advance(Duration.ofHours(1));
        assertThat(bench.transports).hasSize(2);
    }

    @Test
    void goawayIsFollowedEvenIfTheServerDoesNotClose() {
        bench.connected().says(new Goaway("shutdown", 1870));
        bench.loop.advance(Duration.ofMillis(1870));
        assertThat(bench.transports.get(0).closed).isTrue();
        bench.loop.advance(Duration.ofMillis(1));
        assertThat(bench.transports).hasSize(2);
    }

    @Test
    void goawayAndCloseThatArriveTogetherAreTakenInOrder() {
        bench.connected();
        bench.loop.hold();
        bench.server().says(new Goaway("shutdown", 700));
        bench.server().closes(1001);
        bench.loop.release();
        assertThat(bench.lastChange().retryAfter()).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void asksForAFreshTokenAndGivesUpWhenThatIsRefusedToo() {
        AtomicInteger tokens = new AtomicInteger();
        Bench bench = new Bench(() -> "token-" + tokens.incrementAndGet(), Runnable::run);
        bench.client.connect();
        assertThat(bench.server().request.token()).isEqualTo("token-1");
        bench.server().refuses(401);
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        bench.loop.advance(Duration.ofMillis(250));
        assertThat(bench.server().request.token()).isEqualTo("token-2");
        bench.server().refuses(401);
        assertThat(bench.client.state()).isEqualTo(ClientState.UNAUTHORIZED);
        assertThat(bench.lastChange().reason()).startsWith("HTTP 401");
        assertThat(bench.loop.timers()).isZero();
    }

    @Test
    void anExpiredTokenIsReplacedByAFreshOne() {
        bench.connected();
        bench.loop.advance(Duration.ofSeconds(10));
        bench.server().closes(4401);
        bench.loop.advance(Duration.ofSeconds(1));
        bench.server().welcome();
        bench.loop.advance(Duration.ofSeconds(10));
        bench.server().closes(4401);
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
    }

    @Test
    void beginsAnewAfterARefusalWhenAsked() {
        bench.client.connect();
        bench.server().closes(4403);
        assertThat(bench.client.state()).isEqualTo(ClientState.UNAUTHORIZED);
        bench.client.connect();
        bench.server().welcome();
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void brokenProtocolIsFinal() {
        bench.connected().closes(4400);
        assertThat(bench.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(bench.loop.hasEnded()).isTrue();
        assertThatIllegalStateException().isThrownBy(bench.client::connect);
    }

    @Test
    void tokenSupplierThatThrowsOnlyFailsTheAttempt() {
        List<String> tokens = new ArrayList<>(List.of("good"));
        Bench bench = new Bench(
                () -> {
                    if (tokens.size() == 1) {
                        tokens.add("");
                        throw new IllegalStateException("secret");
                    }
                    return tokens.get(0);
                },
                Runnable::run);
        bench.client.connect();
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.lastChange().reason()).contains("token supplier").doesNotContain("secret");
        bench.loop.advance(Duration.ofMillis(250));
        assertThat(bench.server().request.token()).isEqualTo("good");
    }

    /** A class that is missing at run time, say. */
    @Test
    void tokenSupplierThatFailsWithAnErrorOnlyFailsTheAttempt() {
        List<String> failed = new ArrayList<>();
        Bench bench = new Bench(
                () -> {
                    if (failed.isEmpty()) {
                        failed.add("once");
                        throw new NoClassDefFoundError("secret");
                    }
                    return "good";
                },
                Runnable::run);
        bench.client.connect();
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.lastChange().reason()).doesNotContain("secret");
        bench.loop.advance(Duration.ofMillis(250));
        assertThat(bench.server().request.token()).isEqualTo("good");
    }

    @Test
    void withoutATokenNoneIsPresented() {
        Bench bench = new Bench(Bench.settings(TokenSource.none()), Runnable::run);
        bench.client.connect();
        assertThat(bench.server().request.token()).isNull();
    }

    @Test
    void whatAnOlderAttemptStillReportsIsIgnored() {
        bench.connected();
        bench.server().answersPings = false;
        FakeTransport old = bench.server();
        bench.loop.advance(SILENCE);
        bench.loop.advance(Duration.ofMillis(250));
        bench.server().welcome();
        old.closes(4403);
        old.says(new Goaway("shutdown", 1));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(bench.transports).hasSize(2);
    }

    @Test
    void messagesThatAreNotUnderstoodAreCountedAndSkipped() {
        bench.connected().saysText("{\"type\":\"novelty\"}").saysText("[").saysText("{\"type\":\"data\"}");
        assertThat(bench.client.stats().undecodableMessages()).isEqualTo(3);
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void closesInEveryState() {
        bench.client.connect();
        bench.client.close();
        assertThat(bench.server().closed).isTrue();
        assertThat(bench.client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(bench.loop.timers()).isZero();

        Bench waiting = new Bench();
        waiting.client.connect();
        waiting.server().breaks();
        waiting.client.close();
        waiting.client.close();
        waiting.loop.advance(Duration.ofMinutes(1));
        assertThat(waiting.transports).hasSize(1);
        assertThat(waiting.client.state()).isEqualTo(ClientState.CLOSED);

        Bench refused = new Bench();
        refused.client.connect();
        refused.server().closes(4403);
        refused.client.close();
        assertThat(refused.client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void closesFromItsOwnCallbacks() {
        for (ClientState when : List.of(ClientState.CONNECTING, ClientState.CONNECTED, ClientState.WAITING)) {
            Bench bench = new Bench();
            bench.duringStateChange = () -> {
                if (bench.lastChange().to() == when) {
                    bench.client.close();
                }
            };
            bench.client.connect();
            bench.transports.forEach(FakeTransport::welcome);
            bench.transports.forEach(FakeTransport::breaks);
            bench.loop.advance(Duration.ofMinutes(1));
            assertThat(bench.client.state()).as("closed while %s", when).isEqualTo(ClientState.CLOSED);
            assertThat(bench.transports).hasSizeLessThanOrEqualTo(1).allMatch(transport -> transport.closed);
        }
    }

    @Test
    void triesItsEndpointsInTurn() {
        ConnectSettings one = Bench.settings(TokenSource.none());
        List<URI> uris = List.of(URI.create("ws://a:1/t"), URI.create("ws://b:1/t"));
        Bench bench = new Bench(
                new ConnectSettings(
                        uris, one.tokens(), one.timeouts(), one.policy(), one.fallback(), one.limits(), null),
                Runnable::run);
        bench.client.connect();
        for (int i = 0; i < 3; i++) {
            bench.server().breaks();
            bench.loop.advance(Duration.ofSeconds(1));
        }
        bench.server().welcome();
        bench.server().breaks();
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(bench.transports)
                .extracting(transport -> transport.request.uri().getHost())
                .containsExactly("a", "b", "a", "b", "a");
    }

    @Test
    void tokenThatDoesNotComeFailsTheAttemptInTimeAndIsNotUsedForAnother() {
        List<CompletableFuture<String>> asked = new ArrayList<>();
        Bench bench = new Bench(
                Bench.settings(TokenSource.asynchronous(() -> {
                    asked.add(new CompletableFuture<>());
                    return asked.get(asked.size() - 1);
                })),
                Runnable::run);
        bench.client.connect();
        bench.loop.advance(Timeouts.DEFAULT.token());
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        bench.loop.advance(Duration.ofMillis(250));
        assertThat(asked).as("asked anew").hasSize(2);
        asked.get(0).complete("late");
        assertThat(bench.transports).isEmpty();
        asked.get(1).complete("fresh");
        assertThat(bench.server().request.token()).isEqualTo("fresh");
    }

    @Test
    void aServerThatDoesNotAnswerIsTakenForBroken() {
        bench.client.subscribe("host.cpu", record -> {});
        bench.connected();
        for (int i = 0; i < 3; i++) {
            bench.loop.advance(Timeouts.DEFAULT.request().dividedBy(3));
            bench.server().pings();
        }
        assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
        assertThat(bench.lastChange().reason()).contains("no answer to subscribe");
    }

    @Test
    void measuresTheRoundTrip() {
        bench.client.connect();
        bench.server().answersPings = false;
        bench.server().welcome();
        assertThat(bench.client.stats().roundTrip()).isEmpty();
        bench.loop.advance(Duration.ofMillis(40));
        bench.server().says(new Pong(1L, 1));
        assertThat(bench.client.stats().roundTrip()).contains(Duration.ofMillis(40));
    }

    @Test
    void listenerThatThrowsHindersNothing() {
        bench.duringStateChange = () -> {
            throw new AssertionError("thrown by the test");
        };
        bench.connected();
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
        assertThat(bench.client.stats().listenerFailures()).isEqualTo(2);
    }

    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void stableAtOnceDoesNotSpinUntilSomethingHasCome() {
        ConnectSettings one = Bench.settings(TokenSource.none());
        ReconnectPolicy policy = new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO);
        Bench bench = new Bench(
                new ConnectSettings(
                        one.uris(), one.tokens(), one.timeouts(), policy, one.fallback(), one.limits(), null),
                Runnable::run);
        bench.client.connect();
        bench.server().answersPings = false;
        bench.server().welcome();
        bench.loop.advance(Duration.ofSeconds(10));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void answerMayBeBehindWhatWasNotReadForAWhile() {
        ManualExecutor executor = new ManualExecutor();
        Bench bench = new Bench(() -> "token", executor);
        bench.client.subscribe("host.cpu", record -> {});
        bench.connected();
        bench.answer("host.cpu", "e", 0);
        bench.client.subscribe("host.mem", record -> {});
        for (int seq = 1; seq <= ClientLimits.DEFAULT.waitingCalls(); seq++) {
            bench.server().says(Bench.data("host.cpu", seq));
        }
        Duration moment = Duration.ofMillis(1);
        bench.loop.advance(Duration.ofSeconds(20));
        bench.server().pings();
        bench.loop.advance(Timeouts.DEFAULT.request().minusSeconds(20).minus(moment));
        executor.runAll();
        bench.loop.advance(moment);
        assertThat(bench.client.state()).as("reads again since a moment").isEqualTo(ClientState.CONNECTED);
        for (int i = 0; i < 2; i++) {
            bench.server().pings();
            bench.loop.advance(Duration.ofSeconds(15));
        }
        assertThat(bench.client.state()).as("no answer, though it reads").isEqualTo(ClientState.WAITING);
    }

    @Test
    void secondGoawayReplacesTheFirst() {
        Bench bench = new Bench();
        bench.connected();
        bench.server().says(new Goaway("shutdown", 1_000), new Goaway("shutdown", 5_000));
        bench.loop.advance(Duration.ofSeconds(2));
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }
}
