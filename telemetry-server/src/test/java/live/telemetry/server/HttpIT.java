package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import live.telemetry.core.Rights;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are no upgrade, good ones and bad ones. Slow ones are in {@link SlowRequestIT}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpIT {

    private TelemetryServer server;
    private TelemetryServer guarded;

    /** Replaced by the test that does all this over TLS. */
    TelemetryServerBuilder newServer() {
        return TelemetryServer.builder().port(0);
    }

    @BeforeAll
    void start() {
        server = newServer()
                .node("node-7")
                .allowAnonymous(Rights.ALL)
                .allowedOrigins("*")
                .build()
                .start();
        guarded = newServer().authenticator(Tokens.authenticator()).build().start();
    }

    @AfterAll
    void stop() {
        server.close();
        guarded.close();
    }

    // ---- health

    @Test
    void healthIsUp() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/health"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).startsWith("{\"status\":\"UP\"");
            assertThat(reply.header("Content-Type")).contains("application/json");
            assertThat(reply.header("Cache-Control")).contains("no-store");
            assertThat(reply.header("Connection")).isEmpty();
        }
    }

    @Test
    void healthNeedsNoToken() throws IOException {
        try (RawPeer peer = RawPeer.connect(guarded)) {
            assertThat(peer.exchange(peer.request("GET /telemetry/health")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void headOfHealthHasTheLengthOnly() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            String length = peer.exchange(peer.request("GET /telemetry/health"))
                    .header("Content-Length")
                    .orElseThrow();
            peer.write(peer.request("HEAD /telemetry/health"));
            HttpReply head = peer.replyWithoutBody();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).contains(length);
            // What follows is the next answer, not a body.
            assertThat(peer.exchange(peer.request("GET /telemetry/health")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            String health = peer.request("GET /telemetry/health");
            peer.write(health.repeat(50) + peer.request("GET /elsewhere") + health);
            for (int i = 0; i < 50; i++) {
                assertThat(peer.reply().status()).isEqualTo(200);
            }
            assertThat(peer.reply().status()).isEqualTo(404);
            // That one closed the connection; what came behind it is not answered.
            peer.expectEnd();
        }
    }

    @Test
    void upgradeBehindAHealthCheck() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.request("GET /telemetry/health") + peer.upgradeRequest());
            assertThat(peer.reply().status()).isEqualTo(200);
            assertThat(peer.reply().status()).isEqualTo(101);
            peer.expect("welcome");
        }
    }

    @Test
    void peerThatAsksForTheEndGetsIt() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/health", "Connection: close"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Connection")).contains("close");
            peer.expectEnd();
        }
    }

    @Test
    void http10IsAnsweredOnce() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange("GET /telemetry/health HTTP/1.0\r\n\r\n");
            assertThat(reply.status()).isEqualTo(200);
            peer.expectEnd();
        }
    }

    @Test
    void requestByteByByte() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.drip(Frames.utf8(peer.request("GET /telemetry/health")));
            assertThat(peer.reply().status()).isEqualTo(200);
            peer.drip(Frames.concat(Frames.utf8(peer.upgradeRequest()), Frames.text("{'type':'ping','id':1}")));
            assertThat(peer.reply().status()).isEqualTo(101);
            peer.expect("welcome");
            peer.expect("pong");
        }
    }

    @Test
    void halfClosedPeerStillGetsItsAnswers() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.request("GET /telemetry/health").repeat(3));
            peer.shutdownOutput();
            for (int i = 0; i < 3; i++) {
                assertThat(peer.reply().status()).isEqualTo(200);
            }
            peer.expectEnd();
        }
    }

    // ---- refusals

    @ParameterizedTest(name = "{0} → {1}")
    @MethodSource("refusedRequests")
    void refusedRequest(String request, int status, String code) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(request.replace("$HOST", "127.0.0.1:" + server.port()));
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.code()).isEqualTo(code);
            assertThat(reply.json().get("type").getAsString()).isEqualTo("error");
            assertThat(reply.header("Content-Type")).contains("application/json");
            assertThat(reply.header("Connection").orElse("")).contains("close");
            peer.expectEnd();
        }
    }

    static Stream<Arguments> refusedRequests() {
        String host = "Host: $HOST\r\n";
        String http = " HTTP/1.1\r\n" + host;
        return Stream.of(
                arguments("GET /" + http + "\r\n", 404, "NOT_FOUND"),
                arguments("GET /telemetry/" + http + "\r\n", 404, "NOT_FOUND"),
                arguments("GET /telemetry/health/" + http + "\r\n", 404, "NOT_FOUND"),
                arguments("GET /telemetry/nothing" + http + "\r\n", 404, "NOT_FOUND"),
                arguments("POST /telemetry/nothing" + http + "Content-Length: 2\r\n\r\n{}", 404, "NOT_FOUND"),
                arguments("POST /telemetry" + http + "Content-Length: 2\r\n\r\n{}", 405, "METHOD_NOT_ALLOWED"),
                arguments("POST /telemetry/health" + http + "\r\n", 405, "METHOD_NOT_ALLOWED"),
                arguments("BREW /telemetry/health" + http + "\r\n", 405, "METHOD_NOT_ALLOWED"),
                arguments("GET /telemetry" + http + "\r\n", 426, "UPGRADE_REQUIRED"),
                arguments(
                        "GET /telemetry" + http + "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                        426,
                        "UPGRADE_REQUIRED"),
                arguments("GET /telemetry" + http + "X: " + "x".repeat(33_000) + "\r\n\r\n", 431, "HEAD_TOO_LARGE"),
                arguments("GET /telemetry" + http + "X: y\r\n".repeat(120) + "\r\n", 431, "HEAD_TOO_LARGE"),
                arguments("GET /" + "x".repeat(40_000), 431, "HEAD_TOO_LARGE"),
                arguments("POST /telemetry" + http + "Transfer-Encoding: chunked\r\n\r\n", 501, "NOT_IMPLEMENTED"),
                arguments("GET /telemetry/health HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"),
                arguments("GET /telemetry/health" + http + host + "\r\n", 400, "BAD_REQUEST"),
                arguments("GET /telemetry/health" + http + "X : y\r\n\r\n", 400, "BAD_REQUEST"),
                arguments("GET /telemetry/health" + http + "X: y\r\n z\r\n\r\n", 400, "BAD_REQUEST"),
                arguments("GET /telemetry/health" + http + "Content-Length: 3\r\n\r\nabc", 400, "BAD_REQUEST"),
                arguments("GET /telemetry/health HTTP/2.0\r\n\r\n", 400, "BAD_REQUEST"),
                arguments("GET /telemetry/health HTTP/1.1\n\n", 400, "BAD_REQUEST"),
                arguments("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BAD_REQUEST"),
                arguments("garbage\r\n\r\n", 400, "BAD_REQUEST"),
                arguments("\u0000\u0001\u0002\u0003", 400, "BAD_REQUEST"),
                // What a browser sends where TLS is expected.
                arguments("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400, "BAD_REQUEST"));
    }

    @Test
    void answersSayWhatWouldBeAllowed() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            assertThat(peer.exchange(peer.request("POST /telemetry/health")).header("Allow"))
                    .contains("GET, HEAD, OPTIONS");
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            assertThat(peer.exchange(peer.request("POST /telemetry")).header("Allow"))
                    .contains("GET, OPTIONS");
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry"));
            assertThat(reply.header("Upgrade")).contains("websocket");
            assertThat(reply.header("Sec-WebSocket-Version")).contains("13");
        }
    }

    /** RFC 9110 §9.3.2: no answer to HEAD has a body, whatever its status. */
    @Test
    void refusedHeadHasNoBody() throws IOException {
        for (String target : new String[] {"/elsewhere", "/telemetry"}) {
            try (RawPeer peer = RawPeer.connect(server)) {
                peer.write(peer.request("HEAD " + target));
                HttpReply reply = peer.replyWithoutBody();
                assertThat(reply.status()).isGreaterThanOrEqualTo(400);
                assertThat(reply.header("Content-Length")).isPresent();
                peer.expectEnd();
            }
        }
    }

    @Test
    void refusalArrivesWhileThePeerIsStillSending() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.request("POST /telemetry/nothing", "Content-Length: 200000"));
            peer.write(new byte[200_000]);
            assertThat(peer.reply().status()).isEqualTo(404);
            peer.expectEnd();
        }
    }

    @Test
    void garbageWithoutEndIsCutOff() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            byte[] garbage = new byte[1 << 16];
            Thread sender = new Thread(() -> {
                try {
                    while (true) {
                        peer.write(garbage);
                    }
                } catch (IOException e) {
                    // That is what is waited for.
                }
            });
            sender.start();
            assertThat(peer.reply().status()).isEqualTo(400);
            peer.awaitEnd();
            Eventually.that(() -> assertThat(sender.isAlive()).isFalse());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "x", "https://x\u0085y", "\u00ff\u00fe"})
    void oddOriginsUnderAStar(String origin) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/health", "Origin: " + origin));
            assertThat(reply.status()).isIn(200, 400, 403);
        }
    }

    // ---- peers that go away

    @Test
    void peersThatGoAwayAtAnyPointLeaveNothing() throws IOException {
        try (RawPeer sample = RawPeer.connect(server)) {
            String upgrade = sample.upgradeRequest();
            byte[] all = Frames.concat(
                    Frames.utf8(upgrade),
                    Frames.text("{'type':'subscribe','id':1,'topic':'a.>'}"),
                    Frames.close(1000, ""));
            for (int cut = 0; cut <= all.length; cut += 3) {
                byte[] part = Arrays.copyOf(all, cut);
                try (RawPeer peer = RawPeer.connect(server)) {
                    peer.write(part);
                    if (cut % 2 == 0) {
                        peer.reset();
                    }
                }
            }
        }
        Eventually.that(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().sessions()).isZero();
        });
    }
}
