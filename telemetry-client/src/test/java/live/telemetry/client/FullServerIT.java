package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Rights;
import live.telemetry.server.ServerLimits;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FullServerIT {

    /** What a server answers with its 503. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    @Test
    void aFullServerIsLeftAloneForAsLongAsItAsks() {
        List<StateChange> changes = new CopyOnWriteArrayList<>();
        TelemetryServer server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous(Rights.ALL)
                .limits(ServerLimits.DEFAULT.withMaxConnections(1))
                .build()
                .start();
        TelemetryClient early = TelemetryClient.builder().url(server.uri()).build();
        TelemetryClient late = TelemetryClient.builder()
                .url(server.uri())
                .listener(new ClientListener() {
                    @Override
                    public void onStateChange(StateChange change) {
                        changes.add(change);
                    }
                })
                .build();
        try (server;
                early;
                late) {
            early.connect();
            await().until(() -> early.state() == ClientState.CONNECTED);
            long begin = System.nanoTime();
            late.connect();
            await().until(() -> changes.size() >= 2);
            assertThat(changes.get(1).to()).isEqualTo(ClientState.WAITING);
            assertThat(changes.get(1).retryAfter()).isEqualTo(RETRY_AFTER);
            assertThat(changes.get(1).reason()).contains("503");

            early.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> late.state() == ClientState.CONNECTED);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(RETRY_AFTER);
            assertThat(server.stats().refusedConnections()).isEqualTo(1);
        }
    }
}
