package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server starts as a whole or not at all. */
class StartIT {

    private static TelemetryServerBuilder builder(String node) {
        return TelemetryServer.builder().port(0).node(node).allowAnonymous();
    }

    @Test
    void takenPortIsNamedAndLeavesNothing() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TelemetryServerBuilder builder = builder("taken").port(taken.getLocalPort());
            TelemetryServer server = builder.build();
            assertThatExceptionOfType(TelemetryException.class)
                    .isThrownBy(server::start)
                    .withMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .withMessageContaining("in use")
                    .withMessageContaining("another");
            assertThat(ServerThreads.of("taken")).isEmpty();
            assertThatIllegalStateException().isThrownBy(server::stats);
            server.close();
            // The settings were fine but for the port.
            try (TelemetryServer second = builder.port(0).build().start()) {
                RawPeer.open(second).close();
            }
        }
    }

    @Test
    void unknownHostIsNamed() {
        TelemetryServer server = builder("unknown").host("no-such-host.invalid").build();
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(server::start)
                .withMessageContaining("no-such-host.invalid")
                .withMessageContaining("unknown host");
    }

    @Test
    void hostOfAnotherMachineIsNamed() {
        TelemetryServer server = builder("foreign").host("192.0.2.1").build();
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(server::start)
                .withMessageContaining("192.0.2.1");
    }

    @Test
    void broadcasterOfAnotherServerStopsTheStartAndNothingElse() throws IOException {
        LocalBroadcaster shared = new LocalBroadcaster();
        try (TelemetryServer first =
                builder("first").broadcaster(shared).build().start()) {
            int port = freePort();
            TelemetryServer second =
                    builder("second").port(port).broadcaster(shared).build();
            assertThatIllegalStateException()
                    .isThrownBy(second::start)
                    .withMessageContaining("broadcaster")
                    .withMessageContaining("every server one of its own");
            Eventually.that(() -> assertThat(ServerThreads.of("second")).isEmpty());
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            // The first one's was not closed with the second.
            assertThat(first.publish("a", 1).toCompletableFuture()).isCompleted();
        }
    }

    @Test
    void whoPublishesTooEarlyOrTooLateIsToldWhich() {
        AtomicReference<TelemetryServer> itself = new AtomicReference<>();
        AtomicReference<CompletionStage<Position>> early = new AtomicReference<>();
        TelemetryServer server = builder("early")
                .broadcaster(new ForwardingBroadcaster() {
                    @Override
                    public void start(Sink sink) {
                        early.set(itself.get().publish("a", 1));
                        super.start(sink);
                    }
                })
                .build();
        itself.set(server);
        assertUnavailable(server.publish("a", 1), "not started");
        try (server) {
            server.start();
            assertUnavailable(early.get(), "starting");
        }
        assertUnavailable(server.publish("a", 1), "closed");
    }

    private static void assertUnavailable(CompletionStage<Position> published, String why) {
        assertThat(published.toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining(why);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void builderIsNotTheServer() throws IOException {
        TelemetryServerBuilder builder = builder("before");
        TelemetryServer server = builder.build();
        builder.node("after").path("/after").host("no-such-host.invalid").allowedHosts("evil.example");
        builder.source(MetricSource.of("late", Duration.ofMillis(10), () -> 1));
        try (server) {
            server.start();
            assertThat(server.uri().getPath()).isEqualTo("/telemetry");
            assertThat(server.stats().sampling().sources()).isEmpty();
            try (RawPeer peer = RawPeer.connect(server)) {
                HttpReply health = peer.exchange(peer.request("GET /telemetry/health"));
                assertThat(health.json().get("node").getAsString()).isEqualTo("before");
            }
            try (RawPeer peer = RawPeer.connect(server)) {
                String request = peer.upgradeRequest().replaceFirst("Host: [^\r]*", "Host: evil.example");
                assertThat(peer.exchange(request).status()).isEqualTo(403);
            }
        }
    }

    @Test
    void twoServersOfOneBuilder() throws IOException {
        TelemetryServerBuilder builder = builder("twin");
        try (TelemetryServer a = builder.build().start();
                TelemetryServer b = builder.build().start()) {
            assertThat(a.port()).isNotEqualTo(b.port());
            RawPeer.open(a).close();
            RawPeer.open(b).close();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void startsThatFailLeaveNoFiles() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            failToStart(taken.getLocalPort());
            long before = openFiles();
            for (int i = 0; i < 20; i++) {
                failToStart(taken.getLocalPort());
            }
            assertThat(openFiles()).isLessThan(before + 10);
        }
    }

    private static void failToStart(int port) {
        TelemetryServer server = builder("failing").port(port).eventLoops(4).build();
        assertThatExceptionOfType(TelemetryException.class).isThrownBy(server::start);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
