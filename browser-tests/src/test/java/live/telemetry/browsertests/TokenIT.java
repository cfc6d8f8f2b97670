package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that wants tokens, and a page that has good ones, old ones and bad ones. */
@ExtendWith(InChromium.class)
@Timeout(60)
class TokenIT {

    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Scene scene = Scene.guarded();

    @AfterEach
    void close() {
        scene.close();
    }

    private void connect(Tab tab, String token, String transport) {
        tab.go(scene.page());
        tab.run("page.token = arguments[0]; page.connect({ transports: [arguments[1]] })", token, transport);
        tab.subscribe(Scene.TOPIC);
    }

    /** The same connection goes on. */
    @Test
    void overWebSocketATokenIsRenewedBeforeItExpires(Tab tab) {
        assertOutlivesItsToken(tab, "websocket");
        assertThat(tab.number("page.client.stats().reconnects")).isZero();
        assertThat(tab.strings("page.errors")).isEmpty();
    }

    /** Another stream takes over from that which is about to end. */
    @Test
    void aStreamIsReplacedBeforeItsTokenExpires(Tab tab) {
        assertOutlivesItsToken(tab, "sse");
        assertThat(tab.number("page.client.stats().reconnects")).isZero();
        assertThat(tab.strings("page.errors")).isEmpty();
    }

    /** Polls do not say when their token expires, so the first that is refused does. */
    @Test
    void overPollsATokenIsReplacedOnceItIsRefused(Tab tab) {
        tab.expectMessages(ConsoleMessage.refused(401));
        assertOutlivesItsToken(tab, "poll");
    }

    private void assertOutlivesItsToken(Tab tab, String transport) {
        Instant end = Instant.now().plus(SHORT).plus(Tokens.CLOCK_SKEW);
        connect(tab, Tokens.goodFor(SHORT), transport);
        tab.awaitTransport(transport);
        tab.run("page.token = arguments[0]", Tokens.goodFor(LONG));
        tab.await("page.tokensAsked > 1");
        await().until(() -> Instant.now().isAfter(end));
        scene.letPass(20);
        scene.assertNothingIsLost(tab);
        assertThat(tab.number("page.tokensAsked")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void anExpiredTokenIsReplaced(String transport, Tab tab) {
        tab.expectMessages(ConsoleMessage.WEBSOCKET_FAILED, ConsoleMessage.refused(401));
        tab.go(scene.page());
        tab.run(
                "page.tokens = [arguments[0], arguments[1]]; page.connect({ transports: [arguments[2]] })",
                Tokens.goodFor(Duration.ofMinutes(-1)),
                Tokens.goodFor(LONG),
                transport);
        tab.subscribe(Scene.TOPIC);
        tab.awaitTransport(transport);
        assertThat(tab.number("page.tokensAsked")).isEqualTo(2);
        scene.letPass(50);
        scene.assertNothingIsLost(tab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void aRefusedTokenIsAStateOfItsOwnUntilThereIsABetterOne(String transport, Tab tab) {
        tab.expectMessages(ConsoleMessage.WEBSOCKET_FAILED, ConsoleMessage.refused(401));
        connect(tab, Tokens.forged(), transport);
        tab.awaitState("unauthorized");
        tab.run("page.token = arguments[0]; page.client.retry()", Tokens.goodFor(LONG));
        tab.awaitTransport(transport);
        scene.assertNothingIsLost(tab);
    }
}
