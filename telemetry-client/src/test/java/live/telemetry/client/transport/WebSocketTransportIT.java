package live.telemetry.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import live.telemetry.client.transport.ScriptedPeer.Script;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WebSocketTransportIT {

    private static final String PROTOCOL = "Sec-WebSocket-Protocol: telemetry.v1\r\n";

    private final HeardOfTransport heard = new HeardOfTransport();

    private static TransportRequest request(URI uri, @Nullable String token) {
        return new TransportRequest(uri, token, Duration.ofSeconds(10), 1024 * 1024, null);
    }

    private WebSocketTransport open(URI uri, @Nullable String token) {
        WebSocketTransport transport = new WebSocketTransport(request(uri, token));
        transport.open(heard);
        return transport;
    }

    private TransportEnd endAfter(Script script) throws Exception {
        try (ScriptedPeer peer = new ScriptedPeer(script)) {
            open(peer.uri(), "t0k.en");
            TransportEnd end = heard.awaitEnd();
            peer.left.get(20, TimeUnit.SECONDS);
            return end;
        }
    }

    private static long engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("WebSocket"))
                .count();
    }

    @Test
    void presentsTokenAndSubprotocolAndTalks() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        Script script = peer -> {
            peer.accepts(PROTOCOL);
            peer.text("hello");
            peer.frame(9, new byte[0]);
            peer.readFrame();
            received.complete(new String(peer.readFrame(), StandardCharsets.UTF_8));
            peer.closeFrame(4403, "enough");
        };
        try (ScriptedPeer peer = new ScriptedPeer(script)) {
            WebSocketTransport transport = open(peer.uri(), "t0k.en");
            heard.open.get(20, TimeUnit.SECONDS);
            heard.ping.get(20, TimeUnit.SECONDS);
            assertThat(transport.send("{}")).isTrue();
            assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo("{}");
            assertThat(heard.awaitEnd()).isEqualTo(TransportEnd.closed(4403, "enough"));
            assertThat(heard.texts).containsExactly("hello");
            assertThat(peer.head.join())
                    .contains("Authorization: Bearer t0k.en\r\n", PROTOCOL)
                    .startsWith("GET /telemetry HTTP/1.1\r\n");
            assertThat(transport.send("{}")).isFalse();
        }
        await().untilAsserted(() -> assertThat(engineThreads()).isZero());
    }

    @Test
    void tellsTheStatusOfARefusal() throws Exception {
        String body = "{\"type\":\"error\",\"code\":\"UNAUTHENTICATED\"}";
        TransportEnd end = endAfter(peer -> peer.writes("HTTP/1.1 401 Unauthorized\r\nContent-Length: " + body.length()
                + "\r\nWWW-Authenticate: Bearer\r\n\r\n" + body));
        assertThat(end.httpStatus()).isEqualTo(401);
        assertThat(end.toString()).doesNotContain("t0k.en");
        assertThat(heard.open).isNotDone();
        await().untilAsserted(() -> assertThat(engineThreads()).isZero());
    }

    @Test
    void doesNotTakeAServerThatSpeaksAnotherProtocol() throws Exception {
        TransportEnd end = endAfter(peer -> peer.accepts());
        assertThat(end.httpStatus()).isZero();
        assertThat(end.closeCode()).isEqualTo(TransportEnd.NO_CLOSE_CODE);
        assertThat(heard.open).isNotDone();
    }

    @Test
    void endsWhenThePeerCutsTheConnection() throws Exception {
        assertThat(endAfter(ScriptedPeer.Peer::cuts).closeCode()).isEqualTo(TransportEnd.NO_CLOSE_CODE);
        assertThat(heard.open).isNotDone();
    }

    @Test
    void endsWhenThePeerCutsTheOpenConnection() throws Exception {
        TransportEnd end = endAfter(peer -> {
            peer.accepts(PROTOCOL);
            peer.cuts();
        });
        assertThat(end.closeCode()).isEqualTo(TransportEnd.NO_CLOSE_CODE);
    }

    @Test
    void endsWhenNobodyListens() throws Exception {
        int port;
        try (ServerSocket unused = new ServerSocket(0)) {
            port = unused.getLocalPort();
        }
        open(URI.create("ws://127.0.0.1:" + port + "/telemetry"), null);
        assertThat(heard.awaitEnd().reason()).containsIgnoringCase("refused");
    }

    @Test
    void isCutWhileThePeerLeavesTheRequestUnanswered() throws Exception {
        try (ScriptedPeer peer = new ScriptedPeer(script -> {})) {
            WebSocketTransport transport = open(peer.uri(), null);
            assertThat(peer.head.get(20, TimeUnit.SECONDS)).doesNotContain("Authorization");
            transport.close();
            heard.awaitEnd();
            peer.left.get(20, TimeUnit.SECONDS);
        }
        await().untilAsserted(() -> assertThat(engineThreads()).isZero());
    }

    @Test
    void isCutIfThePeerDoesNotAnswerTheClose() throws Exception {
        try (ScriptedPeer peer = new ScriptedPeer(script -> script.accepts(PROTOCOL))) {
            WebSocketTransport transport = open(peer.uri(), null);
            heard.open.get(20, TimeUnit.SECONDS);
            transport.close();
            transport.close();
            heard.awaitEnd();
            peer.left.get(20, TimeUnit.SECONDS);
        }
        await().untilAsserted(() -> assertThat(engineThreads()).isZero());
    }

    @Test
    void closedBeforeItIsOpenedItConnectsToNobody() throws Exception {
        try (ScriptedPeer peer = new ScriptedPeer(script -> {})) {
            WebSocketTransport transport = new WebSocketTransport(request(peer.uri(), null));
            transport.close();
            transport.open(heard);
            assertThat(heard.awaitEnd().reason()).contains("given up");
            assertThat(peer.head).isNotDone();
        }
    }

    @Test
    void connectionThatIsCutBehindTheUpgradeWasNotEndedByTheServer() throws Exception {
        TransportEnd end = endAfter(peer -> {
            peer.accepts(PROTOCOL);
            heard.open.orTimeout(20, TimeUnit.SECONDS).join();
            peer.cuts();
        });
        assertThat(end.closeCode()).isEqualTo(TransportEnd.NO_CLOSE_CODE);
        assertThat(end.byServer()).isFalse();
    }

    @Test
    void framesThatAreNoneAreNotOfTheServer() throws Exception {
        TransportEnd end = endAfter(peer -> {
            peer.accepts(PROTOCOL);
            peer.frame(3, new byte[0]);
            peer.readFrame();
        });
        assertThat(end.byServer()).isFalse();
    }
}
