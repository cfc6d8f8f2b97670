package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tokens that expire, are renewed and are refused, at a server that checks them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TokenIT {

    private static final ReconnectPolicy FAST =
            new ReconnectPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));
    private static final Duration SHORT_LIFE = Duration.ofSeconds(4);

    private final TelemetryServer server = Tokens.server();
    private final List<StateChange> changes = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        server.close();
    }

    private TelemetryClient connect(Supplier<String> token) {
        TelemetryClient client = TelemetryClient.builder()
                .url(server.uri())
                .token(token)
                .reconnectPolicy(FAST)
                // A change is heard before the next token is asked for.
                .listenerExecutor(Runnable::run)
                .listener(new ClientListener() {
                    @Override
                    public void onStateChange(StateChange change) {
                        changes.add(change);
                    }
                })
                .build();
        client.connect();
        return client;
    }

    @Test
    void aLiveConnectionOutlivesItsTokens() {
        Audit audit = new Audit("renewing");
        TelemetryClient client = connect(() -> Tokens.validFor(SHORT_LIFE));
        try (client) {
            client.subscribe("a.b", SubscribeOptions.from(Since.START), audit);
            await().atMost(Duration.ofSeconds(30)).until(() -> client.stats().tokenRenewals() >= 3);
            server.publish("a.b", 1);
            await().until(() -> audit.last("a.b") == 1);
            assertThat(client.stats().reconnects()).isZero();
            assertThat(server.stats().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void aTokenThatIsNotRenewedEndsTheConnectionAndTheNextOneBringsAnother() {
        String first = Tokens.validFor(Duration.ofSeconds(2));
        TelemetryClient client = connect(() -> changes.size() <= 2 ? first : Tokens.validFor(Duration.ofMinutes(1)));
        try (client) {
            await().until(() -> client.stats().reconnects() == 1);
            assertThat(changes).extracting(StateChange::to).doesNotContain(ClientState.UNAUTHORIZED);
        }
    }

    @Test
    void aTokenThatIsRefusedTwiceIsSeenByTheApplication() {
        try (TelemetryClient client = connect(Tokens::forged)) {
            await().until(() -> client.state() == ClientState.UNAUTHORIZED);
            await().until(() -> changes.stream().anyMatch(change -> change.to() == ClientState.UNAUTHORIZED));
            assertThat(changes)
                    .filteredOn(change -> change.to() == ClientState.CONNECTING)
                    .hasSize(2);
            assertThat(changes.get(changes.size() - 1).reason()).contains("401");
            assertThat(server.stats().refusedTokens()).isEqualTo(2);
        }
    }
}
