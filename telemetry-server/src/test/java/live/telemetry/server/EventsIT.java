package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Server-Sent Events over real sockets. */
class EventsIT {

    private TelemetryServer server = start(TelemetryServer.builder().allowAnonymous());

    private static TelemetryServer start(TelemetryServerBuilder builder) {
        return builder.port(0).node("n").build().start();
    }

    private void restart(TelemetryServerBuilder builder) {
        server.close();
        server = start(builder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(String topic, int count) {
        for (int i = 0; i < count; i++) {
            server.publish(topic, i).toCompletableFuture().join();
        }
    }

    private static long seq(EventStream.Event event) {
        return event.json().get("seq").getAsLong();
    }

    // ---- the stream

    @Test
    void theHeadKeepsProxiesFromHoldingItBackAndTheWelcomeComesAtOnce() throws IOException {
        try (EventStream stream = EventStream.open(server, "topic=a")) {
            HttpReply reply = stream.reply();
            assertThat(reply.header("Content-Type")).contains("text/event-stream");
            assertThat(reply.header("Cache-Control")).contains("no-store, no-transform");
            assertThat(reply.header("X-Accel-Buffering")).contains("no");
            assertThat(reply.header("Connection")).contains("close");
            assertThat(reply.header("Content-Length")).isEmpty();
            EventStream.Event welcome = stream.expect("welcome");
            assertThat(welcome.id()).isNull();
            assertThat(stream.retryMillis()).isBetween(1_000L, 5_000L);
            assertThat(welcome.json().get("protocol").getAsInt()).isEqualTo(1);
        }
    }

    @Test
    void aTopicsEventsHaveItsPositions() throws IOException {
        publish("a", 3);
        try (EventStream stream = EventStream.open(server, "topic=a&since=start")) {
            stream.expect("welcome");
            EventStream.Event subscribed = stream.expect("subscribed");
            String epoch = subscribed.json().get("epoch").getAsString();
            assertThat(subscribed.id()).isEqualTo(epoch + ":0");
            for (int seq = 1; seq <= 3; seq++) {
                EventStream.Event data = stream.expect("data");
                assertThat(seq(data)).isEqualTo(seq);
                assertThat(data.id()).isEqualTo(epoch + ":" + seq);
            }
            publish("a", 1);
            assertThat(stream.expect("data").id()).isEqualTo(epoch + ":4");
        }
    }

    @Test
    void aTopicWithoutRecordsBeginsWithItsFirst() throws IOException {
        try (EventStream stream = EventStream.open(server, "topic=a")) {
            stream.expect("welcome");
            assertThat(stream.expect("subscribed").id()).isEqualTo(":0");
            publish("a", 1);
            assertThat(stream.expect("subscribed").id()).endsWith(":0").hasSizeGreaterThan(2);
            assertThat(seq(stream.expect("data"))).isEqualTo(1);
        }
    }

    @Test
    void whatWasCutOffGoesOnExactlyBehindTheLastEventId() throws IOException {
        publish("a", 5);
        String id;
        try (EventStream stream = EventStream.open(server, "topic=a&since=start")) {
            stream.until(event -> event.type().equals("data") && seq(event) == 3);
            id = stream.lastId();
        }
        publish("a", 5);
        try (EventStream stream = EventStream.open(server, "topic=a&since=start", "Last-Event-ID: " + id)) {
            stream.expect("welcome");
            JsonObject subscribed = stream.expect("subscribed").json();
            assertThat(subscribed.get("seq").getAsLong()).isEqualTo(3);
            assertThat(subscribed.get("recovered").getAsBoolean()).isTrue();
            for (long seq = 4; seq <= 10; seq++) {
                assertThat(seq(stream.expect("data"))).isEqualTo(seq);
            }
        }
    }

    @Test
    void whatIsGoneIsAGapWhoseIdIsBehindIt() throws IOException {
        restart(TelemetryServer.builder().allowAnonymous().retention(Retention.DEFAULT.withMaxRecords(2)));
        publish("a", 1);
        String epoch;
        try (EventStream stream = EventStream.open(server, "topic=a&since=start")) {
            stream.expect("welcome");
            epoch = stream.expect("subscribed").json().get("epoch").getAsString();
        }
        publish("a", 9);
        try (EventStream stream = EventStream.open(server, "topic=a&since=" + epoch + ":1")) {
            stream.expect("welcome");
            EventStream.Event subscribed = stream.expect("subscribed");
            assertThat(subscribed.id()).isEqualTo(epoch + ":1");
            assertThat(subscribed.json().get("recovered").getAsBoolean()).isFalse();
            EventStream.Event gap = stream.expect("gap");
            assertThat(gap.json().get("next").getAsLong()).isEqualTo(9);
            assertThat(gap.id()).isEqualTo(epoch + ":8");
            assertThat(seq(stream.expect("data"))).isEqualTo(9);
        }
    }

    @Test
    void aSnapshotsSubscribedHasNoIdSinceItWouldBeLeftOut() throws IOException {
        for (String key : List.of("x", "y", "x", "z")) {
            server.publish("a", key, 1).toCompletableFuture().join();
        }
        try (EventStream stream = EventStream.open(server, "topic=a&since=snapshot")) {
            stream.expect("welcome");
            EventStream.Event subscribed = stream.expect("subscribed");
            assertThat(subscribed.id()).isNull();
            assertThat(subscribed.json().get("snapshot").getAsInt()).isEqualTo(3);
            for (long seq : new long[] {2, 3, 4}) {
                EventStream.Event data = stream.expect("data");
                assertThat(seq(data)).isEqualTo(seq);
                assertThat(data.id()).endsWith(":" + seq);
            }
        }
    }

    @Test
    void conflatedStreamsGetTheLatestAtEachTick() throws IOException {
        publish("a", 100);
        try (EventStream stream = EventStream.open(server, "topic=a&since=start&mode=conflated&maxRate=2")) {
            stream.expect("welcome");
            stream.expect("subscribed");
            assertThat(stream.expect("data").id()).endsWith(":100");
            publish("a", 50);
            assertThat(seq(stream.expect("data"))).isEqualTo(150);
        }
    }

    @Test
    void idsCanBeLeftAway() throws IOException {
        publish("a", 2);
        try (EventStream stream = EventStream.open(server, "topic=a&since=start&ids=false")) {
            stream.until(event -> event.type().equals("data") && seq(event) == 2);
            assertThat(stream.lastId()).isEmpty();
        }
    }

    // ---- several topics

    @Test
    void severalTopicsAreResumedWithoutLossByTheIdBehindABatch() throws IOException {
        Map<String, Long> last = new HashMap<>();
        String id = "";
        publish("t.a", 2);
        publish("t.b", 2);
        for (int round = 0; round < 5; round++) {
            String[] headers = id.isEmpty() ? new String[0] : new String[] {"Last-Event-ID: " + id};
            try (EventStream stream = EventStream.open(server, "topic=t.a&topic=t.b&topic=u.*&since=start", headers)) {
                for (String topic : List.of("t.a", "t.b", "u.c")) {
                    publish(topic, 30);
                }
                boolean withId = false;
                while (!withId
                        || last.values().stream().mapToLong(Long::longValue).sum() < 4 + 90 * (round + 1)) {
                    EventStream.Event event = stream.nextOfAnyKind();
                    withId |= event.data() == null;
                    if (event.data() != null && event.type().equals("data")) {
                        assertThat(event.id()).isNull();
                        String topic = event.json().get("topic").getAsString();
                        long expected = last.getOrDefault(topic, 0L) + 1;
                        assertThat(seq(event)).as(topic).isLessThanOrEqualTo(expected);
                        last.merge(topic, seq(event), Math::max);
                    }
                }
                id = stream.lastId();
                assertThat(id).isNotEmpty().hasSizeLessThan(200).matches("[A-Za-z0-9_-]+");
            }
            publish("t.b", 0);
        }
        assertThat(last).containsEntry("t.a", 152L).containsEntry("t.b", 152L).containsEntry("u.c", 150L);
    }

    @Test
    void topicsThatAreBornWhileAwayComeFromTheirFirstRecord() throws IOException {
        publish("t.a", 1);
        String id;
        try (EventStream stream = EventStream.open(server, "topic=t.*")) {
            EventStream.Event event = stream.nextOfAnyKind();
            while (event.data() != null) {
                event = stream.nextOfAnyKind();
            }
            id = event.id();
        }
        publish("t.b", 2);
        try (EventStream stream = EventStream.open(server, "topic=t.*&since=" + id)) {
            stream.until(event -> event.type().equals("data") && seq(event) == 1);
            assertThat(stream.expect("data").json().get("topic").getAsString()).isEqualTo("t.b");
        }
    }

    @Test
    void anIdIsTakenBackWhenTheTopicsPass64() throws IOException {
        IntStream.range(0, 64).forEach(i -> publish("t." + i, 1));
        try (EventStream stream = EventStream.open(server, "topic=t.*&since=start")) {
            while (stream.lastId().isEmpty()) {
                stream.nextOfAnyKind();
            }
            publish("t.64", 1);
            while (!stream.lastId().isEmpty()) {
                stream.nextOfAnyKind();
            }
            publish("t.65", 1);
            stream.until(event -> event.type().equals("data")
                    && event.json().get("topic").getAsString().equals("t.65"));
            assertThat(stream.lastId()).isEmpty();
        }
    }

    @Test
    void aBodySaysItForEachTopic() throws IOException {
        publish("a", 5);
        publish("b", 5);
        String body = """
                {"subscribe":[{"topic":"a","since":{"last":2}},{"topic":"b","since":"last:1"}],"ids":false}""";
        try (EventStream stream = EventStream.post(server, body)) {
            List<String> data = new ArrayList<>();
            while (data.size() < 3) {
                EventStream.Event event = stream.nextOfAnyKind();
                assertThat(event.id()).isNull();
                if (event.type().equals("data")) {
                    data.add(event.json().get("topic").getAsString() + seq(event));
                }
            }
            assertThat(data).containsExactlyInAnyOrder("a4", "a5", "b5");
        }
    }

    // ---- refusals

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | BAD_REQUEST",
                "topic=a..b                      | BAD_TOPIC",
                "topic=a&topic=a                 | ALREADY_SUBSCRIBED",
                "topic=a&since=x                 | BAD_REQUEST",
                "topic=a&since=last:0            | BAD_REQUEST",
                "topic=a&since=last:x            | BAD_REQUEST",
                "topic=a&since=e:-1              | BAD_REQUEST",
                "topic=a&since=e:+1              | BAD_REQUEST",
                "topic=a&topic=b&since=e:1       | BAD_REQUEST",
                "topic=a.*&since=e:1             | BAD_REQUEST",
                "topic=a&since=start&since=start | BAD_REQUEST",
                "topic=a&mode=some               | BAD_REQUEST",
                "topic=a&maxRate=5               | BAD_REQUEST",
                "topic=a&mode=conflated&maxRate=NaN | BAD_REQUEST",
                "topic=a&ids=1                   | BAD_REQUEST"
            })
    void whatCannotBeUnderstoodIsRefused(String query, String code) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/events?" + query));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.code()).isEqualTo(code);
        }
    }

    @Test
    void otherMethodsAreRefusedAndPreflightsAnswered() throws IOException {
        restart(TelemetryServer.builder().allowAnonymous().allowedOrigins("https://dash.example"));
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("PUT /telemetry/events"));
            assertThat(reply.status()).isEqualTo(405);
            assertThat(reply.header("Allow")).contains("GET, POST, OPTIONS");
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("OPTIONS /telemetry/events", "Origin: https://dash.example"));
            assertThat(reply.status()).isEqualTo(204);
            assertThat(reply.header("Access-Control-Allow-Methods")).contains("GET, POST, OPTIONS");
            assertThat(reply.header("Access-Control-Allow-Headers"))
                    .hasValueSatisfying(
                            value -> assertThat(value).contains("Authorization", "Content-Type", "Last-Event-ID"));
        }
        try (EventStream stream = EventStream.open(server, "topic=a", "Origin: https://dash.example")) {
            assertThat(stream.reply().header("Access-Control-Allow-Origin")).contains("https://dash.example");
            assertThat(stream.reply().header("Vary")).contains("Origin");
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            assertThat(peer.exchange(peer.request("GET /telemetry/events?topic=a", "Origin: https://evil.example"))
                            .status())
                    .isEqualTo(403);
        }
    }

    // ---- tokens

    @Test
    void aStreamNeedsATokenThatCoversItsTopics() throws IOException {
        restart(TelemetryServer.builder().authenticator(Tokens.authenticator()));
        String token = "Authorization: Bearer " + Tokens.valid(Map.of("subscribe", List.of("a", "t.a")));
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/events?topic=a"));
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/events?topic=b", token));
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.code()).isEqualTo("FORBIDDEN");
        }
        publish("t.b", 1);
        publish("t.a", 1);
        try (EventStream stream = EventStream.open(server, "topic=t.*&since=start", token)) {
            stream.expect("welcome");
            assertThat(stream.expect("subscribed").json().get("topic").getAsString())
                    .isEqualTo("t.*");
            assertThat(stream.expect("subscribed").json().get("topic").getAsString())
                    .isEqualTo("t.a");
            stream.expect("data");
        }
    }

    @Test
    void aBrowserBringsItsTokenInTheQueryOrInACookie() throws IOException {
        restart(TelemetryServer.builder()
                .authenticator(Tokens.authenticator())
                .acceptTokenInQuery()
                .acceptTokenInCookie("session")
                .allowedOrigins("https://dash.example"));
        EventStream.open(server, "topic=a&access_token=" + Tokens.valid()).close();
        String cookie = "Cookie: session=" + Tokens.valid();
        EventStream.open(server, "topic=a", cookie, "Sec-Fetch-Site: same-origin")
                .close();
        EventStream.open(server, "topic=a", cookie, "Origin: https://dash.example")
                .close();
        try (RawPeer peer = RawPeer.connect(server)) {
            assertThat(peer.exchange(peer.request("GET /telemetry/events?topic=a", cookie))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void atTheExpiryTheStreamEndsAfterAnError() throws IOException {
        restart(TelemetryServer.builder().authenticator(Tokens.authenticator()));
        String token = Tokens.sign(Tokens.claims().expiration(Tokens.in(1)));
        try (EventStream stream = EventStream.open(server, "topic=a", "Authorization: Bearer " + token)) {
            EventStream.Event error = stream.until(event -> event.type().equals("error"));
            assertThat(error.json().get("code").getAsString()).isEqualTo("UNAUTHENTICATED");
            stream.expectEnd();
        }
    }

    // ---- time

    @Test
    void aQuietStreamHasHeartbeatsWithoutId() throws IOException {
        restart(TelemetryServer.builder().allowAnonymous().heartbeat(Duration.ofMillis(200)));
        publish("a", 1);
        try (EventStream stream = EventStream.open(server, "topic=a")) {
            EventStream.Event heartbeat = stream.until(event -> event.type().equals("heartbeat"));
            assertThat(heartbeat.id()).isNull();
            stream.expect("heartbeat");
        }
    }

    @Test
    void atShutdownTheStreamIsToldWhenToComeBack() throws IOException {
        try (EventStream stream = EventStream.open(server, "topic=a")) {
            stream.expect("welcome");
            stream.expect("subscribed");
            publish("a", 3);
            server.close();
            EventStream.Event goaway = stream.until(event -> event.type().equals("goaway"));
            assertThat(stream.retryMillis())
                    .isEqualTo(goaway.json().get("reconnectAfter").getAsLong());
        }
    }

    @Test
    void aPeerThatHangsUpIsForgotten() throws IOException {
        try (EventStream stream = EventStream.open(server, "topic=a")) {
            stream.expect("welcome");
            assertThat(server.stats().sessions()).isEqualTo(1);
        }
        await().until(() -> server.stats().sessions() == 0);
    }

    @Test
    void aSlowReaderFallsBehindAndIsToldWhatItMissed() throws Exception {
        restart(TelemetryServer.builder()
                .allowAnonymous()
                .retention(Retention.DEFAULT.withMaxRecords(100))
                .limits(ServerLimits.DEFAULT.withSendBufferBytes(16 << 10)));
        RawPeer narrow = RawPeer.connect(server, 8 << 10);
        try (EventStream slow = EventStream.of(narrow, "GET /telemetry/events?topic=a", "");
                EventStream quick = EventStream.open(server, "topic=a")) {
            slow.expect("welcome");
            quick.expect("welcome");
            slow.expect("subscribed");
            quick.expect("subscribed");
            String payload = "x".repeat(2_000);
            for (int i = 1; i <= 3_000; i++) {
                server.publish("a", payload).toCompletableFuture().join();
                long seq = i;
                quick.until(event -> event.type().equals("data") && seq(event) == seq);
            }
            long last = 0;
            boolean gap = false;
            while (last < 3_000) {
                EventStream.Event event = slow.next();
                if (event.type().equals("gap")) {
                    assertThat(event.json().get("from").getAsLong()).isEqualTo(last + 1);
                    last = event.json().get("to").getAsLong();
                    gap = true;
                } else if (event.type().equals("data")) {
                    assertThat(seq(event)).isEqualTo(++last);
                }
            }
            assertThat(gap).isTrue();
        }
    }
}
