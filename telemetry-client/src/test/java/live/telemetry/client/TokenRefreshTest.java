package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Heartbeat;
import org.junit.jupiter.api.Test;

class TokenRefreshTest {

    /** What the server's clock shows more than the client's. */
    private static final long AHEAD = 1_795_507_200_000L;

    private final List<CompletableFuture<String>> asked = new ArrayList<>();
    private final Bench bench = new Bench(
            Bench.settings(TokenSource.asynchronous(() -> {
                asked.add(new CompletableFuture<>());
                return asked.get(asked.size() - 1);
            })),
            Runnable::run);

    /** Connects with a token that lives for 100 seconds, by the server's clock. */
    private void connectFor100Seconds() {
        bench.client.connect();
        asked.get(0).complete("token-1");
        bench.server().serverMillis = () -> bench.loop.nowMillis() + AHEAD;
        bench.server().welcomeUntil(bench.loop.nowMillis() + AHEAD + 100_000);
    }

    private void live(long seconds) {
        for (long i = 0; i < seconds; i++) {
            bench.loop.advance(Duration.ofSeconds(1));
            bench.server().says(new Heartbeat(1));
        }
    }

    private List<Auth> auths() {
        return bench.server().sent(Auth.class);
    }

    @Test
    void renewsBeforeTheEndByTheServersClock() {
        connectFor100Seconds();
        live(82);
        assertThat(asked).hasSize(1);
        // 0.75 + 0.15 × 0.5 of what is left.
        live(1);
        assertThat(asked).hasSize(2);
        assertThat(auths()).isEmpty();
        asked.get(1).complete("token-2");
        assertThat(auths()).extracting(Auth::token).containsExactly("token-2");
        bench.server().says(new Authenticated(auths().get(0).id(), bench.loop.nowMillis() + AHEAD + 100_000));
        assertThat(bench.client.stats().tokenRenewals()).isEqualTo(1);
        live(83);
        assertThat(asked).hasSize(3);
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void isSpreadSoThatNotAllClientsAskTogether() {
        bench.random = 0;
        connectFor100Seconds();
        live(75);
        assertThat(asked).hasSize(2);
    }

    @Test
    void triesAgainInWhatIsLeft() {
        connectFor100Seconds();
        live(83);
        asked.get(1).completeExceptionally(new IllegalStateException("secret"));
        assertThat(asked).hasSize(2);
        live(15);
        assertThat(asked).hasSize(3);
        asked.get(2).complete("token-3");
        bench.server().says(new Failure(auths().get(0).id(), ErrorCode.UNAUTHENTICATED, "not yet valid"));
        live(2);
        assertThat(asked).as("within the last seconds").hasSizeGreaterThanOrEqualTo(4);
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void theTokenThatIsInForceIsNotShownAgain() {
        connectFor100Seconds();
        live(83);
        asked.get(1).complete("token-1");
        assertThat(auths()).isEmpty();
        live(15);
        assertThat(asked).hasSize(3);
    }

    @Test
    void aTokenThatComesAfterTheConnectionIsNotShownToTheNext() {
        connectFor100Seconds();
        live(83);
        bench.server().breaks();
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(asked)
                .as("one at a time: the new connection waits for the same")
                .hasSize(2);
        asked.get(1).complete("token-2");
        assertThat(bench.server().request.token()).isEqualTo("token-2");
        bench.server().welcome();
        assertThat(auths()).isEmpty();
    }

    @Test
    void aFixedTokenIsNotRenewed() {
        Bench fixed = new Bench(Bench.settings(TokenSource.fixed("token")), Runnable::run);
        fixed.client.connect();
        fixed.server().welcomeUntil(10_000);
        for (int i = 0; i < 20; i++) {
            fixed.loop.advance(Duration.ofSeconds(1));
            fixed.server().says(new Heartbeat(1));
        }
        assertThat(fixed.server().sent(Auth.class)).isEmpty();
    }
}
