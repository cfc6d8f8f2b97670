package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that hold a connection without being served: each has a bounded time. */
class SlowRequestIT {

    private TelemetryServer server;

    /** Replaced by the test that does all this over TLS. */
    TelemetryServerBuilder newServer() {
        return TelemetryServer.builder().port(0);
    }

    @BeforeEach
    void start() {
        server = newServer()
                .allowAnonymous()
                .limits(ServerLimits.DEFAULT
                        .withHeadTimeout(Duration.ofMillis(300))
                        .withStallTimeout(Duration.ofMillis(500))
                        .withSendBufferBytes(4 << 10)
                        .withMaxConnections(3))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void expectTimeout(RawPeer peer) throws IOException {
        HttpReply reply = peer.reply();
        assertThat(reply.status()).isEqualTo(408);
        assertThat(reply.code()).isEqualTo("REQUEST_TIMEOUT");
        assertThat(reply.header("Connection")).contains("close");
        peer.expectEnd();
    }

    @Test
    void unfinishedHeadTimesOut() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write("GET /telemetry/health HTTP/1.1\r\nHost:");
            expectTimeout(peer);
        }
    }

    /** Each byte is in time, but the head is not. */
    @Test
    void drippedHeadTimesOut() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.socket().setSoTimeout(20);
            long begin = System.nanoTime();
            while (!hasAnswer(peer)) {
                peer.write("G");
                assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
            }
            peer.socket().setSoTimeout(5_000);
            expectTimeout(peer);
        }
    }

    private static boolean hasAnswer(RawPeer peer) throws IOException {
        peer.input().mark(1);
        try {
            peer.input().read();
        } catch (SocketTimeoutException e) {
            return false;
        }
        peer.input().reset();
        return true;
    }

    @Test
    void silentPeerIsClosedWithoutAnAnswer() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.expectEnd();
        }
    }

    /** An idle connection may wait for long, but not with half a request. */
    @Test
    void unfinishedSecondHeadTimesOut() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            assertThat(peer.exchange(peer.request("GET /telemetry/health")).status())
                    .isEqualTo(200);
            peer.write("GET /tele");
            expectTimeout(peer);
        }
    }

    @Test
    void unfinishedPipelinedHeadTimesOut() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.request("GET /telemetry/health") + "GET /tele");
            assertThat(peer.reply().status()).isEqualTo(200);
            expectTimeout(peer);
        }
    }

    @Test
    void idleConnectionIsKeptLongerThanAHeadMayTake() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.exchange(peer.request("GET /telemetry/health"));
            peer.socket().setSoTimeout(700);
            assertThat(hasAnswer(peer)).isFalse();
            peer.socket().setSoTimeout(5_000);
            assertThat(peer.exchange(peer.request("GET /telemetry/health")).status())
                    .isEqualTo(200);
        }
    }

    /** Asks and asks, and never takes an answer. */
    @Test
    void peerThatTakesNoAnswersIsClosed() throws IOException {
        try (RawPeer peer = RawPeer.connect(server, 4 << 10)) {
            byte[] requests = Frames.utf8(peer.request("GET /telemetry/health").repeat(200));
            Thread asker = new Thread(() -> {
                try {
                    while (true) {
                        peer.write(requests);
                    }
                } catch (IOException e) {
                    // That is what is waited for.
                }
            });
            asker.start();
            Eventually.that(() -> assertThat(server.stats().connections()).isEqualTo(1));
            Eventually.that(() -> assertThat(server.stats().connections()).isZero());
            Eventually.that(() -> assertThat(asker.isAlive()).isFalse());
        }
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws IOException {
        try (RawPeer a = RawPeer.open(server);
                RawPeer b = RawPeer.open(server);
                RawPeer c = RawPeer.open(server)) {
            try (RawPeer d = RawPeer.connect(server)) {
                HttpReply reply = d.exchange(d.upgradeRequest());
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.code()).isEqualTo("TOO_MANY_CONNECTIONS");
                assertThat(reply.json().get("retryable").getAsBoolean()).isTrue();
                assertThat(reply.header("Retry-After")).isPresent();
                d.expectEnd();
            }
            assertThat(server.stats().refusedConnections()).isEqualTo(1);
            for (RawPeer served : List.of(a, b, c)) {
                served.send("{'type':'ping'}");
                served.expect("pong");
            }
            c.reset();
            Eventually.that(() -> assertThat(server.stats().connections()).isEqualTo(2));
            RawPeer.open(server).close();
        }
    }
}
