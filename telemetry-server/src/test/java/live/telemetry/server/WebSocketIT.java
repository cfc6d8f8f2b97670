package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import live.telemetry.core.Rights;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 by hand: frames in every cut, and what the server says to bad ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketIT {

    private static final int MAX_MESSAGE = 4_096;
    private static final byte[] PING = Frames.utf8("{\"type\":\"ping\",\"id\":1}");

    private TelemetryServer server;

    /** Replaced by the test that does all this over TLS. */
    TelemetryServerBuilder newServer() {
        return TelemetryServer.builder().port(0);
    }

    @BeforeAll
    void start() {
        server = newServer()
                .allowAnonymous(Rights.ALL)
                .limits(ServerLimits.DEFAULT.withMaxMessageBytes(MAX_MESSAGE).withMaxRecordBytes(MAX_MESSAGE))
                .build()
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    // ---- what breaks the rules

    @ParameterizedTest(name = "{0} → {1}")
    @MethodSource("violations")
    void violationClosesTheConnection(String what, int code, byte[] bytes) throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(bytes);
            assertThat(peer.closeCode()).isEqualTo(code);
            // The end and no reset: else the close frame could be lost on its way.
            peer.write(Frames.close(code, ""));
            peer.expectEnd();
        }
        Eventually.that(() -> assertThat(server.stats().sessions()).isZero());
    }

    static Stream<Arguments> violations() {
        byte[] big = new byte[MAX_MESSAGE / 2 + 1];
        Arrays.fill(big, (byte) ' ');
        byte[] euro = Frames.utf8("€");
        return Stream.of(
                arguments("unmasked text", 1002, Frames.unmasked(Frames.TEXT, PING)),
                arguments("unmasked ping", 1002, Frames.unmasked(Frames.PING, new byte[0])),
                arguments("unmasked close", 1002, Frames.unmasked(Frames.CLOSE, new byte[0])),
                arguments("RSV1", 1002, Frames.frame(0xC1, PING)),
                arguments("RSV2", 1002, Frames.frame(0xA1, PING)),
                arguments("RSV3", 1002, Frames.frame(0x91, PING)),
                arguments("reserved opcode 3", 1002, Frames.frame(0x83, PING)),
                arguments("reserved opcode 7", 1002, Frames.frame(0x87, PING)),
                arguments("reserved opcode B", 1002, Frames.frame(0x8B, PING)),
                arguments("reserved opcode F", 1002, Frames.frame(0x8F, PING)),
                arguments("fragmented ping", 1002, Frames.open(Frames.PING, new byte[0])),
                arguments("fragmented close", 1002, Frames.open(Frames.CLOSE, new byte[0])),
                arguments("long ping", 1002, Frames.complete(Frames.PING, new byte[126])),
                arguments("ping that declares much", 1002, Frames.declared(Frames.PING, 1L << 30)),
                arguments("continuation of nothing", 1002, Frames.complete(Frames.CONTINUATION, PING)),
                arguments("open continuation of nothing", 1002, Frames.open(Frames.CONTINUATION, PING)),
                arguments(
                        "text within fragments",
                        1002,
                        Frames.concat(Frames.open(Frames.TEXT, PING), Frames.complete(Frames.TEXT, PING))),
                arguments("binary", 1003, Frames.complete(Frames.BINARY, PING)),
                arguments("empty binary", 1003, Frames.complete(Frames.BINARY, new byte[0])),
                arguments("open binary", 1003, Frames.open(Frames.BINARY, PING)),
                arguments("not UTF-8", 1007, Frames.complete(Frames.TEXT, new byte[] {(byte) 0xC3, 0x28})),
                arguments("surrogate in UTF-8", 1007, Frames.complete(Frames.TEXT, new byte[] {
                    (byte) 0xED, (byte) 0xA0, (byte) 0x80
                })),
                arguments("cut UTF-8", 1007, Frames.complete(Frames.TEXT, Arrays.copyOf(euro, 2))),
                arguments(
                        "not UTF-8 over fragments",
                        1007,
                        Frames.concat(
                                Frames.open(Frames.TEXT, Arrays.copyOf(euro, 2)),
                                Frames.complete(Frames.CONTINUATION, new byte[] {0x28}))),
                arguments("huge", 1009, Frames.declared(Frames.TEXT, 1L << 40)),
                arguments("largest", 1009, Frames.declared(Frames.TEXT, Long.MAX_VALUE)),
                arguments("negative", 1009, Frames.declared(Frames.TEXT, Long.MIN_VALUE + 5)),
                arguments("int overflow", 1009, Frames.declared(Frames.TEXT, (1L << 32) + 5)),
                arguments("one byte too many", 1009, Frames.declared(Frames.TEXT, MAX_MESSAGE + 1)),
                arguments(
                        "fragments that add up",
                        1009,
                        Frames.concat(Frames.open(Frames.TEXT, big), Frames.open(Frames.CONTINUATION, big))),
                arguments("close with half a code", 1002, Frames.complete(Frames.CLOSE, new byte[] {3})));
    }

    @Test
    void largestMessageIsTaken() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            byte[] padded = Arrays.copyOf(PING, MAX_MESSAGE);
            Arrays.fill(padded, PING.length, MAX_MESSAGE, (byte) ' ');
            peer.write(Frames.complete(Frames.TEXT, padded));
            peer.expect("pong");
        }
    }

    @Test
    void whatWasSaidBeforeTheViolationCounts() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.concat(Frames.complete(Frames.TEXT, PING), Frames.complete(Frames.BINARY, PING)));
            peer.expect("pong");
            assertThat(peer.closeCode()).isEqualTo(1003);
        }
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.concat(Frames.complete(Frames.TEXT, PING), Frames.unmasked(Frames.TEXT, PING)));
            peer.expect("pong");
            assertThat(peer.closeCode()).isEqualTo(1002);
        }
    }

    /** Bytes that are not there yet cost the server nothing: not a few declared megabytes for each connection. */
    @Test
    void declaredLengthIsNotAllocated() throws IOException {
        try (TelemetryServer large = newServer()
                .allowAnonymous()
                .limits(ServerLimits.DEFAULT.withMaxMessageBytes(64 << 20))
                .build()
                .start()) {
            RawPeer[] peers = new RawPeer[100];
            try {
                for (int i = 0; i < peers.length; i++) {
                    peers[i] = RawPeer.open(large);
                    peers[i].write(Frames.declared(Frames.TEXT, 64 << 20));
                    peers[i].write(new byte[10]);
                }
                long used = usedHeap();
                System.out.printf("100 declared messages of 64 MB: %d MB of heap%n", used >> 20);
                try (RawPeer other = RawPeer.open(large)) {
                    other.send("{'type':'ping'}");
                    other.expect("pong");
                }
                assertThat(used).isLessThan(1L << 30);
            } finally {
                for (RawPeer peer : peers) {
                    if (peer != null) {
                        peer.close();
                    }
                }
            }
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    // ---- what is fine, in every cut

    @Test
    void fragmentsWithControlFramesBetween() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            byte[] message = Frames.utf8("{\"type\":\"ping\",\"id\":1,\"note\":\"€\"}");
            int cut = message.length - 3;
            peer.write(Frames.concat(
                    Frames.open(Frames.TEXT, Arrays.copyOf(message, 5)),
                    Frames.ping("between"),
                    Frames.open(Frames.CONTINUATION, new byte[0]),
                    Frames.open(Frames.CONTINUATION, Arrays.copyOfRange(message, 5, cut)),
                    Frames.complete(Frames.PONG, Frames.utf8("unasked")),
                    Frames.complete(Frames.CONTINUATION, Arrays.copyOfRange(message, cut, message.length))));
            // The pong to the ping, and the answer to the message, in whatever order.
            RawPeer.Frame first = peer.frame();
            RawPeer.Frame second = peer.frame();
            RawPeer.Frame pong = first.opcode() == Frames.PONG ? first : second;
            assertThat(pong.opcode()).isEqualTo(Frames.PONG);
            assertThat(pong.text()).isEqualTo("between");
            assertThat((first == pong ? second : first).text()).contains("\"pong\"");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 124, 125})
    void pongRepeatsThePayload(int length) throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            byte[] payload = new byte[length];
            new Random(length).nextBytes(payload);
            peer.write(Frames.complete(Frames.PING, payload));
            assertThat(peer.expectFrame(Frames.PONG).payload()).isEqualTo(payload);
        }
    }

    @Test
    void framesInTheSamePacketAsTheHandshake() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(Frames.concat(
                    Frames.utf8(peer.upgradeRequest()),
                    Frames.text("{'type':'subscribe','id':1,'topic':'same.packet'}"),
                    Frames.complete(Frames.TEXT, PING)));
            assertThat(peer.reply().status()).isEqualTo(101);
            peer.expect("welcome");
            // In whatever order: to subscribe is to ask the broadcaster first.
            assertThat(List.of(
                            peer.envelope().get("type").getAsString(),
                            peer.envelope().get("type").getAsString()))
                    .containsExactlyInAnyOrder("subscribed", "pong");
        }
    }

    @Test
    void manySmallFramesInOnePacket() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            int count = 5_000;
            byte[][] frames = new byte[count][];
            for (int i = 0; i < count; i++) {
                frames[i] = Frames.text("{'type':'ping','id':" + i + "}");
            }
            Thread sender = new Thread(() -> {
                try {
                    peer.write(Frames.concat(frames));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sender.start();
            for (int i = 0; i < count; i++) {
                assertThat(peer.expect("pong").get("id").getAsInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void framesCutAtEveryByte() throws IOException {
        byte[] all = Frames.concat(
                Frames.open(Frames.TEXT, Arrays.copyOf(PING, 4)),
                Frames.ping("x"),
                Frames.complete(Frames.CONTINUATION, Arrays.copyOfRange(PING, 4, PING.length)),
                Frames.complete(Frames.TEXT, Arrays.copyOf(paddedPing(), 300)));
        try (RawPeer peer = RawPeer.open(server)) {
            for (int cut = 0; cut <= all.length; cut++) {
                peer.write(Arrays.copyOf(all, cut));
                peer.write(Arrays.copyOfRange(all, cut, all.length));
                int pongs = 0;
                for (int i = 0; i < 3; i++) {
                    pongs += peer.frame().text().contains("\"pong\"") ? 1 : 0;
                }
                assertThat(pongs).as("cut at " + cut).isEqualTo(2);
            }
            peer.drip(all);
            for (int i = 0; i < 3; i++) {
                peer.frame();
            }
        }
    }

    private static byte[] paddedPing() {
        byte[] padded = Arrays.copyOf(PING, 300);
        Arrays.fill(padded, PING.length, 300, (byte) ' ');
        return padded;
    }

    // ---- the closing handshake

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1003, 1011, 3000, 4000, 4999})
    void closeIsAnswered(int code) throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.close(code, "bye"));
            assertThat(peer.expectFrame(Frames.CLOSE).closeCode()).isEqualTo(1000);
            peer.expectEnd();
        }
    }

    @Test
    void closeWithoutACodeIsAnswered() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.complete(Frames.CLOSE, new byte[0]));
            assertThat(peer.expectFrame(Frames.CLOSE).closeCode()).isEqualTo(1000);
            peer.expectEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535})
    void closeCodesThatMustNotBeSent(int code) throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.close(code, ""));
            assertThat(peer.expectFrame(Frames.CLOSE).closeCode()).isEqualTo(1002);
            peer.awaitEnd();
        }
    }

    @Test
    void closeReasonThatIsNotUtf8() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.complete(Frames.CLOSE, new byte[] {3, (byte) 0xE8, (byte) 0xFF}));
            assertThat(peer.expectFrame(Frames.CLOSE).closeCode()).isIn(1002, 1007);
            peer.awaitEnd();
        }
    }

    @Test
    void nothingIsReadBehindAClose() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.concat(
                    Frames.complete(Frames.TEXT, PING),
                    Frames.close(1000, ""),
                    Frames.complete(Frames.TEXT, PING),
                    Frames.complete(Frames.BINARY, PING)));
            peer.expect("pong");
            assertThat(peer.expectFrame(Frames.CLOSE).closeCode()).isEqualTo(1000);
            peer.expectEnd();
        }
    }

    /** RFC 6455 §5.5.1: an endpoint must not send any more frames behind its close. */
    @Test
    void nothingIsSentBehindAClose() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.complete(Frames.BINARY, PING));
            peer.write(Frames.ping("late"));
            assertThat(peer.expectFrame(Frames.CLOSE).closeCode()).isEqualTo(1003);
            peer.write(Frames.ping("later"));
            // The server still waits for the peer's close.
            Awaitility.await()
                    .during(Duration.ofMillis(200))
                    .until(() -> server.stats().connections() == 1);
            peer.write(Frames.close(1003, ""));
            peer.expectEnd();
        }
    }

    @Test
    void peerThatNeverAnswersACloseIsDropped() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.write(Frames.complete(Frames.BINARY, PING));
            assertThat(peer.closeCode()).isEqualTo(1003);
            peer.expectEnd();
            Eventually.that(() -> assertThat(server.stats().connections()).isZero());
        }
    }

    @Test
    void garbageAgainAndAgainEndsTheSession() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            for (int i = 0; i < 19; i++) {
                peer.send("garbage");
                assertThat(peer.expect("error").get("code").getAsString()).isEqualTo("BAD_REQUEST");
            }
            peer.send("{'type':'ping'}");
            peer.expect("pong");
            for (int i = 0; i < 20; i++) {
                peer.send("garbage");
            }
            assertThat(peer.closeCode()).isEqualTo(4400);
        }
    }

    @Test
    void peerThatEndsWithoutAWordLeavesNothing() throws IOException {
        try (RawPeer peer = RawPeer.open(server)) {
            peer.send("{'type':'subscribe','id':1,'topic':'a.>'}");
            peer.expect("subscribed");
            peer.shutdownOutput();
            peer.awaitEnd();
        }
        Eventually.that(() -> assertThat(server.stats().sessions()).isZero());
    }
}
