package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing by {@code POST}. */
class PublishIT {

    private static final String TOKEN =
            Tokens.valid(Map.of("subscribe", List.of(">"), "publish", List.of("app.*", "slow.*")));

    private final CompletableFuture<Position> slow = new CompletableFuture<>();
    private TelemetryServer server;

    @BeforeEach
    void start() {
        server = TelemetryServer.builder()
                .port(0)
                .authenticator(Tokens.authenticator())
                .broadcaster(new ForwardingBroadcaster() {
                    @Override
                    public CompletionStage<Position> publish(Publication publication) {
                        return publication.topic().name().startsWith("slow.") ? slow : super.publish(publication);
                    }
                })
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String post(RawPeer peer, String body, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Length: " + Frames.utf8(body).length;
        all[1] = "Authorization: Bearer " + TOKEN;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return peer.request("POST /telemetry/publish", all) + body;
    }

    @Test
    void anObjectIsPublishedAndItsEnvelopeIsTheAnswer() throws IOException {
        try (RawPeer subscriber = RawPeer.open(server, "Authorization: Bearer " + TOKEN);
                RawPeer peer = RawPeer.connect(server)) {
            subscriber.send("{'type':'subscribe','topic':'app.orders'}");
            subscriber.expect("subscribed");
            HttpReply reply =
                    peer.exchange(post(peer, "{\"topic\":\"app.orders\",\"key\":\"eu\",\"data\":{\"open\":3}}"));
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(reply.json().get("type").getAsString()).isEqualTo("published");
            assertThat(reply.json().get("seq").getAsLong()).isEqualTo(1);
            JsonObject data = subscriber.until(e -> e.get("type").getAsString().equals("data"));
            assertThat(data.get("key").getAsString()).isEqualTo("eu");
            assertThat(data.get("data")).hasToString("{\"open\":3}");
        }
    }

    @Test
    void anArrayIsAnsweredInItsOrderWhateverBecameOfEach() throws IOException {
        String body = """
                [{"topic":"app.a","data":1},{"topic":"host.cpu","data":1},{"topic":"app..","data":1},
                 {"topic":"app.a"},{"id":7,"topic":"app.a","data":null}]""";
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(post(peer, body));
            assertThat(reply.status()).isEqualTo(200);
            JsonArray outcomes = JsonParser.parseString(reply.body()).getAsJsonArray();
            assertThat(outcomes.asList().stream()
                            .map(outcome -> outcome.getAsJsonObject())
                            .map(outcome -> outcome.has("code")
                                    ? outcome.get("code").getAsString()
                                    : outcome.get("type").getAsString() + outcome.get("seq")))
                    .containsExactly("published1", "FORBIDDEN", "BAD_TOPIC", "BAD_REQUEST", "published2");
            assertThat(outcomes.get(4).getAsJsonObject().get("id").getAsInt()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"topic\":\"host.cpu\",\"data\":1} | 403 | FORBIDDEN",
                "{\"topic\":\"app.>\",\"data\":1}    | 400 | BAD_TOPIC",
                "{\"topic\":\"app.a\"}               | 400 | BAD_REQUEST",
                "{\"topic\":\"app.a\",\"data\":NaN}  | 400 | BAD_REQUEST",
                "[1]                                 | 400 | BAD_REQUEST",
                "null                                | 400 | BAD_REQUEST",
                "x                                   | 400 | BAD_REQUEST"
            })
    void aRefusalHasItsOwnStatus(String body, int status, String code) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(post(peer, body));
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.code()).isEqualTo(code);
        }
    }

    @Test
    void aRecordAboveItsBoundIs413AndABodyAboveItsBoundToo() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply =
                    peer.exchange(post(peer, "{\"topic\":\"app.a\",\"data\":\"" + "x".repeat(200_000) + "\"}"));
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.code()).isEqualTo("RECORD_TOO_LARGE");
            assertThat(peer.exchange(post(peer, "[]")).body())
                    .as("the connection goes on")
                    .isEqualTo("[]");
            HttpReply tooLarge = peer.exchange(post(peer, "x".repeat((256 << 10) + 1)));
            assertThat(tooLarge.status()).isEqualTo(413);
            assertThat(tooLarge.code()).isEqualTo("BODY_TOO_LARGE");
            peer.expectEnd();
        }
    }

    @Test
    void aPeerThatWaitsForContinueGetsItOnlyWhereItsBodyIsWanted() throws IOException {
        String body = "{\"topic\":\"app.a\",\"data\":1}";
        try (RawPeer peer = RawPeer.connect(server)) {
            String whole = post(peer, body, "Expect: 100-continue");
            peer.write(whole.substring(0, whole.length() - body.length()));
            assertThat(peer.reply().status()).isEqualTo(100);
            peer.write(body.substring(0, 5));
            peer.write(body.substring(5));
            assertThat(peer.reply().status()).isEqualTo(200);
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.request("POST /telemetry/publish", "Content-Length: 5", "Expect: 100-continue"));
            assertThat(peer.reply().status()).as("without a token").isEqualTo(401);
            peer.expectEnd();
        }
    }

    @Test
    void requestsBehindEachOtherAreEachServed() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(
                    post(peer, "{\"topic\":\"app.a\",\"data\":1}").repeat(3) + peer.request("GET /telemetry/health"));
            for (int seq = 1; seq <= 3; seq++) {
                assertThat(peer.reply().json().get("seq").getAsInt()).isEqualTo(seq);
            }
            assertThat(peer.reply().body()).startsWith("{\"status\":");
        }
    }

    @Test
    void theAnswerWaitsForTheBroadcasterWithoutKeepingOthersWaiting() throws IOException {
        try (RawPeer waiting = RawPeer.connect(server);
                RawPeer other = RawPeer.connect(server)) {
            waiting.write(post(waiting, "{\"topic\":\"slow.a\",\"data\":1}"));
            assertThat(other.exchange(post(other, "{\"topic\":\"app.a\",\"data\":1}"))
                            .status())
                    .isEqualTo(200);
            slow.completeExceptionally(new TelemetryException(ErrorCode.UNAVAILABLE, "the store is away"));
            HttpReply reply = waiting.reply();
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isPresent();
        }
    }

    @Test
    void onlyPostIsAllowed() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/publish"));
            assertThat(reply.status()).isEqualTo(405);
            assertThat(reply.header("Allow")).contains("POST, OPTIONS");
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("OPTIONS /telemetry/publish"));
            assertThat(reply.status()).isEqualTo(204);
            assertThat(reply.header("Allow")).contains("POST, OPTIONS");
        }
    }
}
