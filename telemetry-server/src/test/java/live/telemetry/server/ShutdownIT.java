package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.core.Identity;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Rights;
import org.junit.jupiter.api.Test;

/** The end of a server: soon, in order, and complete. */
class ShutdownIT {

    private static final Duration BOUND = Duration.ofMillis(2_500);

    private final AtomicReference<TelemetryServer> server = new AtomicReference<>();

    /** Replaced by the test that does all this over TLS. */
    TelemetryServerBuilder newServer() {
        return TelemetryServer.builder().port(0);
    }

    private TelemetryServerBuilder builder(String node) {
        return newServer().node(node).allowAnonymous(Rights.ALL);
    }

    private TelemetryServer start(TelemetryServerBuilder builder) {
        TelemetryServer built = builder.build();
        server.set(built);
        return built.start();
    }

    private static void closeWithin(TelemetryServer closing, Duration bound) {
        long begin = System.nanoTime();
        closing.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(bound);
    }

    private static RawPeer subscribed(TelemetryServer to, String topic) throws IOException {
        RawPeer peer = RawPeer.open(to);
        peer.send("{'type':'subscribe','id':1,'topic':'" + topic + "'}");
        peer.expect("subscribed");
        return peer;
    }

    @Test
    void sessionsAreToldAndGetWhatWasPublishedJustBefore() throws IOException {
        TelemetryServer closing = start(builder("bye"));
        int records = 500;
        try (RawPeer peer = subscribed(closing, "a")) {
            Thread closer = new Thread(closing::close);
            for (int i = 1; i <= records; i++) {
                closing.publish("a", Map.of("i", i));
            }
            closer.start();
            List<Long> seqs = new ArrayList<>();
            JsonObject goaway = null;
            RawPeer.Frame frame;
            while ((frame = peer.frame()).opcode() != Frames.CLOSE) {
                JsonObject envelope = JsonParser.parseString(frame.text()).getAsJsonObject();
                switch (envelope.get("type").getAsString()) {
                    case "data" -> seqs.add(envelope.get("seq").getAsLong());
                    case "goaway" -> goaway = envelope;
                    default -> {}
                }
            }
            assertThat(frame.closeCode()).isEqualTo(1001);
            assertThat(seqs)
                    .hasSize(records)
                    .startsWith(1L)
                    .endsWith((long) records)
                    .isSorted();
            assertThat(goaway).isNotNull();
            assertThat(goaway.get("reason").getAsString()).isEqualTo("shutdown");
            // The peer answers the close, so nobody has to wait for a time-out.
            peer.write(Frames.close(1001, ""));
            peer.expectEnd();
            Eventually.that(() -> assertThat(closer.isAlive()).isFalse());
        }
    }

    @Test
    void returnOfTheClientsIsSpread() throws IOException {
        TelemetryServer closing = start(builder("spread"));
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            peers.add(RawPeer.open(closing));
        }
        Thread closer = new Thread(closing::close);
        closer.start();
        Set<Long> delays = new HashSet<>();
        for (RawPeer peer : peers) {
            delays.add(peer.expect("goaway").get("reconnectAfter").getAsLong());
            assertThat(peer.closeCode()).isEqualTo(1001);
            peer.close();
        }
        assertThat(delays).hasSizeGreaterThan(20).allMatch(delay -> delay >= 500 && delay <= 5_000);
        Eventually.that(() -> assertThat(closer.isAlive()).isFalse());
    }

    @Test
    void nothingIsLeft() throws IOException {
        TelemetryServer closing = start(builder("gone").source(MetricSource.of("a", Duration.ofMillis(20), () -> 1)));
        int port = closing.port();
        try (RawPeer peer = subscribed(closing, "a")) {
            // The first sample may be before the subscription or behind it; then an unasked "subscribed" comes first.
            peer.until(envelope -> envelope.get("type").getAsString().equals("data"));
            assertThat(ServerThreads.of("gone")).isNotEmpty();
            closeWithin(closing, BOUND);
            peer.awaitEnd();
        }
        Eventually.that(() -> assertThat(ServerThreads.of("gone")).isEmpty());
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        // At once, although connections of the old one may linger in TIME_WAIT.
        try (TelemetryServer next = builder("next").port(port).build().start()) {
            RawPeer.open(next).close();
        }
    }

    @Test
    void peerThatAnswersNothingIsNotWaitedForLong() throws IOException {
        TelemetryServer closing = start(builder("mute"));
        try (RawPeer peer = RawPeer.open(closing)) {
            closeWithin(closing, BOUND);
            peer.expect("goaway");
            assertThat(peer.closeCode()).isEqualTo(1001);
        }
    }

    @Test
    void stalledReaderIsNotWaitedForLong() throws IOException {
        TelemetryServer closing = start(builder("stalled").limits(ServerLimits.DEFAULT.withSendBufferBytes(4 << 10)));
        try (RawPeer peer = RawPeer.connect(closing, 4 << 10).upgrade()) {
            peer.send("{'type':'subscribe','id':1,'topic':'a'}");
            peer.expect("subscribed");
            for (int i = 0; i < 5_000; i++) {
                closing.publish("a", "x".repeat(500));
            }
            closeWithin(closing, BOUND);
            peer.awaitEnd();
        }
        Eventually.that(() -> assertThat(ServerThreads.of("stalled")).isEmpty());
    }

    @Test
    void busySourceAndStalledReaderTogetherAreNotWaitedForLong() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        TelemetryServer closing = start(builder("busy")
                .limits(ServerLimits.DEFAULT.withSendBufferBytes(4 << 10))
                .source(MetricSource.of("b", Duration.ofHours(1), () -> {
                    busy.countDown();
                    awaitUninterruptibly(never);
                    return 1;
                })));
        try (RawPeer peer = RawPeer.connect(closing, 4 << 10).upgrade()) {
            peer.send("{'type':'subscribe','id':1,'topic':'a'}");
            peer.expect("subscribed");
            for (int i = 0; i < 5_000; i++) {
                closing.publish("a", "x".repeat(500));
            }
            awaitUninterruptibly(busy);
            closeWithin(closing, BOUND);
        } finally {
            never.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                done = latch.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                // As sources do that hang in native code.
            }
        }
    }

    @Test
    void tokenThatIsJustBeingCheckedIsNotWaitedForLong() throws IOException {
        CountDownLatch checking = new CountDownLatch(1);
        TelemetryServer closing = start(newServer().node("checking").authenticator(credentials -> {
            checking.countDown();
            try {
                new CountDownLatch(1).await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Identity("ann", Rights.ALL, null);
        }));
        try (RawPeer peer = RawPeer.connect(closing)) {
            peer.write(peer.upgradeRequest("Authorization: Bearer x"));
            awaitUninterruptibly(checking);
            closeWithin(closing, BOUND);
            assertThat(peer.reply().status()).isEqualTo(503);
            peer.awaitEnd();
        }
        Eventually.that(() -> assertThat(ServerThreads.of("checking")).isEmpty());
    }

    @Test
    void idleHttpConnectionsAreClosed() throws IOException {
        TelemetryServer closing = start(builder("http"));
        try (RawPeer idle = RawPeer.connect(closing);
                RawPeer begun = RawPeer.connect(closing)) {
            idle.exchange(idle.request("GET /telemetry/health"));
            begun.write("GET /tele");
            closeWithin(closing, Duration.ofMillis(1_000));
            idle.expectEnd();
            begun.awaitEnd();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws InterruptedException {
        TelemetryServer closing = start(builder("twice"));
        List<Thread> closers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread closer = new Thread(closing::close);
            closers.add(closer);
            closer.start();
        }
        for (Thread closer : closers) {
            closer.join(3_000);
        }
        closeWithin(closing, Duration.ofMillis(100));
        Eventually.that(() -> assertThat(ServerThreads.of("twice")).isEmpty());
        assertThat(closing.publish("a", 1)).isCompletedExceptionally();
    }

    @Test
    void closerThatWasInterruptedStillSaysGoodBye() throws IOException {
        TelemetryServer closing = start(builder("interrupted"));
        try (RawPeer peer = subscribed(closing, "a")) {
            closing.publish("a", 1);
            Thread.currentThread().interrupt();
            closing.close();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            peer.until(envelope -> envelope.get("type").getAsString().equals("data"));
            assertThat(peer.closeCode()).isEqualTo(1001);
        }
    }

    @Test
    void broadcasterThatFailsToCloseKeepsNothingOpen() {
        TelemetryServer closing = start(builder("failing").broadcaster(new ForwardingBroadcaster() {
            @Override
            public void close() {
                throw new IllegalStateException("asked to");
            }
        }));
        closeWithin(closing, BOUND);
        Eventually.that(() -> assertThat(ServerThreads.of("failing")).isEmpty());
    }

    // ---- from callbacks

    @Test
    void listenerMayClose() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TelemetryServer closing = start(builder("listener").listener(new ServerListener() {
            @Override
            public void onSessionOpened(SessionEvent event) {
                server.get().close();
                closed.countDown();
            }
        }));
        try (RawPeer peer = RawPeer.open(closing)) {
            peer.expect("goaway");
            assertThat(peer.closeCode()).isEqualTo(1001);
        }
        assertThat(closed.await(3, TimeUnit.SECONDS)).isTrue();
        Eventually.that(() -> assertThat(ServerThreads.of("listener")).isEmpty());
    }

    @Test
    void metricSourceMayClose() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(1);
        TelemetryServer closing = start(builder("source").source(MetricSource.of("a", Duration.ofHours(1), () -> {
            awaitUninterruptibly(connected);
            server.get().close();
            closed.countDown();
            return 1;
        })));
        try (RawPeer peer = RawPeer.open(closing)) {
            connected.countDown();
            peer.expect("goaway");
            assertThat(peer.closeCode()).isEqualTo(1001);
        }
        assertThat(closed.await(3, TimeUnit.SECONDS)).isTrue();
        Eventually.that(() -> assertThat(ServerThreads.of("source")).isEmpty());
    }

    @Test
    void authenticatorMayClose() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TelemetryServer closing = start(newServer().node("auth").authenticator(credentials -> {
            server.get().close();
            closed.countDown();
            return new Identity("ann", Rights.ALL, null);
        }));
        try (RawPeer peer = RawPeer.connect(closing)) {
            peer.write(peer.upgradeRequest("Authorization: Bearer x"));
            assertThat(closed.await(3, TimeUnit.SECONDS)).isTrue();
            peer.awaitEnd();
        }
        Eventually.that(() -> assertThat(ServerThreads.of("auth")).isEmpty());
    }

    /** A stage of {@code publish} may complete on any thread of the server. */
    @Test
    void completionOfAPublishMayClose() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TelemetryServer closing = start(builder("publish"));
        closing.publish("a", 1).thenRun(() -> {
            server.get().close();
            closed.countDown();
        });
        assertThat(closed.await(3, TimeUnit.SECONDS)).isTrue();
        Eventually.that(() -> assertThat(ServerThreads.of("publish")).isEmpty());
    }
}
