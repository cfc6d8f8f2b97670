package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signs of life, and what becomes of peers that give none. */
class KeepAliveIT {

    private static final long HEARTBEAT_MILLIS = 200;
    private static final long STALL_MILLIS = 1_500;

    private TelemetryServer server;

    @BeforeEach
    void start() {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous(Rights.ALL)
                .heartbeat(Duration.ofMillis(HEARTBEAT_MILLIS))
                .retention(Retention.DEFAULT.withMaxRecords(100_000).withMaxBytes(64 << 20))
                .limits(ServerLimits.DEFAULT
                        .withStallTimeout(Duration.ofMillis(STALL_MILLIS))
                        .withSendBufferBytes(16 << 10))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    @Test
    void welcomeNamesTheInterval() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.upgradeRequest());
            peer.reply();
            assertThat(peer.expect("welcome").get("heartbeat").getAsLong()).isEqualTo(HEARTBEAT_MILLIS);
        }
    }

    @Test
    void silentPeerIsClosedAfterTwoHeartbeats() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            long begin = System.nanoTime();
            List<Integer> opcodes = new ArrayList<>();
            RawPeer.Frame frame;
            while ((frame = peer.frame()).opcode() != Frames.CLOSE) {
                opcodes.add(frame.opcode());
            }
            assertThat(frame.closeCode()).isEqualTo(4408);
            assertThat(millisSince(begin)).isBetween(2 * HEARTBEAT_MILLIS - 20, 5 * HEARTBEAT_MILLIS);
            assertThat(opcodes).contains(Frames.PING, Frames.TEXT);
        }
    }

    @Test
    void peerThatAnswersPingsStays() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            long begin = System.nanoTime();
            int pings = 0;
            List<Long> heartbeats = new ArrayList<>();
            while (millisSince(begin) < 8 * HEARTBEAT_MILLIS) {
                RawPeer.Frame frame = peer.frame();
                assertThat(frame.opcode()).isNotEqualTo(Frames.CLOSE);
                if (frame.opcode() == Frames.PING) {
                    pings++;
                    peer.write(Frames.complete(Frames.PONG, frame.payload()));
                } else {
                    assertThat(frame.text()).startsWith("{\"type\":\"heartbeat\",\"ts\":");
                    heartbeats.add(millisSince(begin));
                }
            }
            assertThat(pings).isBetween(4, 9);
            assertThat(heartbeats).hasSizeBetween(4, 9);
        }
    }

    @Test
    void peerThatDoesNotFinishItsMessageIsClosedAlthoughItAnswersPings() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            long begin = System.nanoTime();
            peer.write(Frames.open(Frames.TEXT, Frames.utf8("{")));
            RawPeer.Frame frame;
            while ((frame = peer.frame()).opcode() != Frames.CLOSE) {
                if (frame.opcode() == Frames.PING) {
                    peer.write(Frames.complete(Frames.PONG, frame.payload()));
                    peer.write(Frames.open(Frames.CONTINUATION, new byte[0]));
                }
            }
            assertThat(frame.closeCode()).isEqualTo(4408);
            assertThat(millisSince(begin)).isBetween(2 * HEARTBEAT_MILLIS - 20, 5 * HEARTBEAT_MILLIS);
        }
    }

    /** Any byte is a sign of life, not only a pong. */
    @Test
    void peerThatSpeaksStays() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            long begin = System.nanoTime();
            while (millisSince(begin) < 5 * HEARTBEAT_MILLIS) {
                peer.send("{'type':'ping'}");
                peer.until(envelope -> envelope.get("type").getAsString().equals("pong"));
                Awaitility.await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            }
            assertThat(server.stats().sessions()).isEqualTo(1);
        }
    }

    @Test
    void noHeartbeatWhereDataFlow() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.send("{'type':'subscribe','id':1,'topic':'a'}");
            peer.until(envelope -> envelope.get("type").getAsString().equals("subscribed"));
            AtomicBoolean stop = new AtomicBoolean();
            Thread publisher = new Thread(() -> {
                while (!stop.get()) {
                    server.publish("a", 1);
                    Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
                }
            });
            publisher.start();
            try {
                long begin = System.nanoTime();
                int heartbeats = 0;
                int pings = 0;
                while (millisSince(begin) < 8 * HEARTBEAT_MILLIS) {
                    RawPeer.Frame frame = peer.frame();
                    if (frame.opcode() == Frames.PING) {
                        pings++;
                        peer.write(Frames.complete(Frames.PONG, frame.payload()));
                    } else if (frame.text().contains("heartbeat")) {
                        heartbeats++;
                    }
                }
                // One may come before the first record.
                assertThat(heartbeats).isLessThanOrEqualTo(1);
                assertThat(pings).as("pings go on all the same").isBetween(4, 9);
            } finally {
                stop.set(true);
            }
        }
    }

    @Test
    void peerThatTakesNothingIsClosedAfterTheStallTimeout() throws IOException {
        try (RawPeer peer = RawPeer.connect(server, 8 << 10).upgrade()) {
            flood(peer);
            long begin = System.nanoTime();
            Eventually.that(() -> assertThat(server.stats().connections()).isZero());
            // Later by the second that it has for the closing handshake; never at two heartbeats.
            assertThat(millisSince(begin)).isBetween(STALL_MILLIS - 300, STALL_MILLIS + 3_000);
        }
    }

    /** It reads a little now and then, and answers nothing. */
    @Test
    void slowReaderWithWaitingOutputStays() throws IOException {
        try (RawPeer peer = RawPeer.connect(server, 8 << 10).upgrade()) {
            flood(peer);
            long begin = System.nanoTime();
            while (millisSince(begin) < 2 * STALL_MILLIS) {
                peer.socket().getInputStream().readNBytes(16 << 10);
                Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                assertThat(server.stats().sessions()).isEqualTo(1);
            }
        }
    }

    private void flood(RawPeer peer) throws IOException {
        peer.send("{'type':'subscribe','id':1,'topic':'a'}");
        peer.expect("subscribed");
        String kilobyte = "x".repeat(1_000);
        for (int i = 0; i < 8_000; i++) {
            server.publish("a", kilobyte);
        }
    }
}
