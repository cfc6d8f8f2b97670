package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Rights;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.RealTimePump;
import live.telemetry.tck.SimulatedCluster;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is away, and the same or another one that comes back in its place. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RestartIT {

    private static final ReconnectPolicy FAST =
            new ReconnectPolicy(Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofSeconds(10));

    private final Audit exact = new Audit("exact");
    private final Audit pattern = new Audit("pattern");
    private final List<StateChange> changes = new CopyOnWriteArrayList<>();
    private TelemetryServer server = start(new LocalBroadcaster());
    private final FaultProxy proxy = FaultProxy.to(server.port());
    private final TelemetryClient client = TelemetryClient.builder()
            .url("ws://127.0.0.1:" + proxy.port())
            .reconnectPolicy(FAST)
            .listener(new ClientListener() {
                @Override
                public void onStateChange(StateChange change) {
                    changes.add(change);
                }
            })
            .build();

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
        server.close();
    }

    private static TelemetryServer start(Broadcaster broadcaster) {
        return TelemetryServer.builder()
                .port(0)
                .allowAnonymous(Rights.ALL)
                .broadcaster(broadcaster)
                .build()
                .start();
    }

    private void subscribe() {
        client.connect();
        client.subscribe("host.cpu", SubscribeOptions.from(Since.START), exact);
        client.subscribe("host.*", SubscribeOptions.from(Since.START), pattern);
    }

    private void publish(String topic, int count) {
        for (int i = 0; i < count; i++) {
            server.publish(topic, Map.of("value", i)).toCompletableFuture().join();
        }
    }

    private void awaitHeads(long cpu, long disk) {
        await().until(() ->
                exact.last("host.cpu") == cpu && pattern.last("host.cpu") == cpu && pattern.last("host.disk") == disk);
    }

    private void dies() {
        proxy.refuse(true);
        proxy.cut(Cut.RESET);
        await().until(() -> client.state() != ClientState.CONNECTED);
    }

    /** Another server takes the place of the one that has died. */
    private void replaceBy(Broadcaster broadcaster) {
        server.close();
        server = start(broadcaster);
        proxy.target(server.port());
    }

    private void awaitConnected() {
        await().until(() -> client.state() == ClientState.CONNECTED);
    }

    @Test
    void historyThatIsLostIsAGapForEveryoneAndThenLive() {
        subscribe();
        publish("host.cpu", 5);
        publish("host.disk", 3);
        awaitHeads(5, 3);
        dies();
        replaceBy(new LocalBroadcaster());
        publish("host.cpu", 2);
        proxy.refuse(false);
        awaitConnected();
        await().until(() -> !exact.gaps.isEmpty());
        publish("host.cpu", 2);
        publish("host.disk", 1);
        awaitHeads(4, 1);

        assertThat(exact.gaps).hasSize(1);
        assertThat(pattern.gaps).extracting(gap -> gap.topic().name()).containsOnlyOnce("host.cpu", "host.disk");
        assertThat(List.of(exact, pattern))
                .flatExtracting(audit -> audit.gaps)
                .allSatisfy(gap -> assertThat(gap.reason()).isEqualTo(GapReason.EPOCH_CHANGED));
        assertThat(exact.faults).isEmpty();
        assertThat(pattern.faults).isEmpty();
    }

    @Test
    void historyThatOutlivesTheServerIsGoneOnWith() {
        SimulatedCluster cluster = new SimulatedCluster(1);
        RealTimePump pump = RealTimePump.start(cluster.time());
        try (pump) {
            replaceBy(cluster.newBroadcaster());
            subscribe();
            publish("host.cpu", 5);
            publish("host.disk", 3);
            awaitHeads(5, 3);
            dies();
            publish("host.cpu", 2);
            replaceBy(cluster.newBroadcaster());
            publish("host.cpu", 2);
            proxy.refuse(false);
            awaitConnected();
            publish("host.disk", 1);
            awaitHeads(9, 4);
            assertNothingMissed();
        }
    }

    @Test
    void anOutageIsResumedExactly() {
        subscribe();
        publish("host.cpu", 5);
        publish("host.disk", 1);
        awaitHeads(5, 1);
        dies();
        long before = waits();
        publish("host.cpu", 500);
        await().until(() -> waits() >= before + 5);
        publish("host.disk", 500);
        proxy.refuse(false);
        awaitHeads(505, 501);
        assertNothingMissed();
        assertThat(client.stats().reconnects()).isEqualTo(1);
        assertThat(changes)
                .filteredOn(change -> change.to() == ClientState.WAITING)
                .allSatisfy(change -> assertThat(change.retryAfter()).isLessThan(FAST.max()));
    }

    private long waits() {
        return changes.stream()
                .filter(change -> change.to() == ClientState.WAITING)
                .count();
    }

    private void assertNothingMissed() {
        assertThat(exact.faults).isEmpty();
        assertThat(pattern.faults).isEmpty();
        assertThat(exact.gaps).isEmpty();
        assertThat(pattern.gaps).isEmpty();
        assertThat(client.stats().duplicatesDropped()).isZero();
    }
}
