package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Rights;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.RealTimePump;
import live.telemetry.tck.SimulatedCluster;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients lose their server at the same moment: they come back one after another, and none of them misses anything. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReconnectStormIT {

    private static final int CLIENTS = 500;

    /** What the server asks for when it shuts down. */
    private static final Duration GOAWAY_SPREAD = Duration.ofMillis(4_500);

    private final SimulatedCluster cluster = new SimulatedCluster(1);
    private final RealTimePump pump = RealTimePump.start(cluster.time());
    private final ExecutorService listeners = Executors.newFixedThreadPool(2);
    private final List<Member> members = new ArrayList<>();
    private TelemetryServer server = start(0);

    /** One client, and when it came back. */
    private static final class Member implements ClientListener {

        final Audit audit = new Audit("member");
        volatile long firstWaitMillis = -1;
        final CountDownLatch back = new CountDownLatch(1);
        private TelemetryClient client;

        @Override
        public void onStateChange(StateChange change) {
            if (change.from() == ClientState.CONNECTED && change.to() == ClientState.WAITING) {
                firstWaitMillis = change.retryAfter().toMillis();
            } else if (firstWaitMillis >= 0 && change.to() == ClientState.CONNECTED) {
                back.countDown();
            }
        }
    }

    @AfterEach
    void stop() {
        members.forEach(member -> member.client.close());
        server.close();
        pump.close();
        listeners.shutdownNow();
    }

    private TelemetryServer start(int port) {
        return TelemetryServer.builder()
                .port(port)
                .allowAnonymous(Rights.ALL)
                .broadcaster(cluster.newBroadcaster())
                .build()
                .start();
    }

    private void connectAll(int port) {
        for (int i = 0; i < CLIENTS; i++) {
            Member member = new Member();
            member.client = TelemetryClient.builder()
                    .url("ws://127.0.0.1:" + port)
                    .listener(member)
                    .listenerExecutor(listeners)
                    .build();
            members.add(member);
            member.client.connect();
            member.client.subscribe("a.*", SubscribeOptions.from(Since.START), member.audit);
        }
        publishAndAwait(1, 10);
    }

    /** Publishes so many, and waits until everybody has come to the last of them. */
    private void publishAndAwait(int from, int to) {
        publish(from, to);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> members.stream().allMatch(member -> member.audit.last("a.b") == to));
    }

    private void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(server.publish("a.b", i).toCompletableFuture().join().seq())
                    .isEqualTo(i);
        }
    }

    private void awaitAllBack() throws InterruptedException {
        for (Member member : members) {
            assertThat(member.back.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void assertEverybodyIsWhole() {
        assertThat(members).allSatisfy(member -> {
            assertThat(member.audit.faults).isEmpty();
            assertThat(member.audit.gaps).isEmpty();
            assertThat(member.client.stats().reconnects()).isEqualTo(1);
        });
    }

    /** Not more than a third of the clients come within any tenth of the time. */
    private void assertSpread(Duration over) {
        List<Long> waits =
                members.stream().map(member -> member.firstWaitMillis).sorted().toList();
        long tenth = over.toMillis() / 10;
        int[] histogram = new int[10];
        long first = waits.get(0);
        waits.forEach(wait -> histogram[(int) Math.min(9, (wait - first) / tenth)]++);
        System.out.printf(
                "%d clients come back after %d to %d ms; in steps of %d ms: %s%n",
                CLIENTS, first, waits.get(CLIENTS - 1), tenth, Arrays.toString(histogram));
        for (int i = 0; i + CLIENTS / 3 < CLIENTS; i++) {
            assertThat(waits.get(i + CLIENTS / 3) - waits.get(i)).isGreaterThan(tenth);
        }
    }

    @Test
    void aGracefulRestartAsksEachToComeBackAtAnotherTime() throws Exception {
        connectAll(server.port());
        publish(11, 20);
        int port = server.port();
        server.close();
        server = start(port);
        publish(21, 30);
        awaitAllBack();
        publishAndAwait(31, 40);

        assertEverybodyIsWhole();
        assertSpread(GOAWAY_SPREAD);
    }

    @Test
    void aConnectionThatBreaksIsFollowedByARandomWait() throws Exception {
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            connectAll(proxy.port());
            proxy.cut(Cut.RESET);
            publish(11, 30);
            awaitAllBack();
            publishAndAwait(31, 40);

            assertEverybodyIsWhole();
            assertSpread(ReconnectPolicy.DEFAULT.base());
            members.forEach(member -> member.client.close());
        }
    }
}
