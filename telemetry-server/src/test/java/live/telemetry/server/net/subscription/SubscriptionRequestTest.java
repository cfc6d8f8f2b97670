package live.telemetry.server.net.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.net.http.HeadParser;
import live.telemetry.server.net.http.RequestHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionRequestTest {

    private static RequestHead head(String methodAndTarget) {
        byte[] bytes = (methodAndTarget + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        return new HeadParser(64 << 10).parse(ByteBuffer.wrap(bytes)).orElseThrow();
    }

    private static SubscriptionRequest query(String query) {
        return SubscriptionRequest.of(head("GET /telemetry/poll?" + query), new byte[0], null);
    }

    private static SubscriptionRequest body(String json) {
        return SubscriptionRequest.of(head("POST /telemetry/poll"), json.getBytes(StandardCharsets.UTF_8), null);
    }

    private static List<Since> beginnings(SubscriptionRequest request) {
        return request.subscriptions().stream().map(wanted -> wanted.since()).toList();
    }

    private static Since after(String epoch, long seq) {
        return Since.after(new Position(epoch, seq));
    }

    private static String cursor(Map<String, Position> positions) {
        Map<Topic, Position> byTopic = new HashMap<>();
        positions.forEach((name, position) -> byTopic.put(Topic.of(name), position));
        return Cursors.write(byTopic);
    }

    @Test
    void aQuerySaysItForAllItsTopics() {
        SubscriptionRequest request =
                query("topic=a&topic=b.%3E&since=last:5&mode=conflated&maxRate=0.5&ids=false&wait=2");
        assertThat(beginnings(request)).containsExactly(Since.last(5), Since.last(5));
        assertThat(request.subscriptions()).allMatch(wanted -> wanted.mode().equals(Mode.conflated(0.5)));
        assertThat(request.ids()).isFalse();
        assertThat(request.hold()).isEqualTo(Duration.ofSeconds(2));
        assertThat(request.isOneTopic()).isFalse();
    }

    @Test
    void withoutMoreItIsFromNowOnAndHeldForLong() {
        SubscriptionRequest request = query("topic=a");
        assertThat(beginnings(request)).containsExactly(Since.NOW);
        assertThat(request.ids()).isTrue();
        assertThat(request.hold()).isEqualTo(Duration.ofSeconds(25));
        assertThat(query("topic=a&wait=3600").hold()).isEqualTo(Duration.ofSeconds(25));
        assertThat(query("topic=a&since=").cursor()).isEmpty();
    }

    @Test
    void aBodySaysItForEachTopic() {
        SubscriptionRequest request = body("""
                {"subscribe":[{"topic":"a","since":"start"},{"topic":"b","since":{"epoch":"e","seq":4}},
                  {"topic":"c","since":"e:5"},{"topic":"d","since":"last:3"},{"topic":"e.>","mode":"conflated","maxRate":2}],
                 "wait":0.5,"ids":false,"unknown":1}""");
        assertThat(beginnings(request))
                .containsExactly(Since.START, after("e", 4), after("e", 5), Since.last(3), Since.NOW);
        assertThat(request.subscriptions().get(4).mode()).isEqualTo(Mode.conflated(2));
        assertThat(request.hold()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void aCursorWinsForWhatItNamesAndTheRestOfAPatternWasBornMeanwhile() {
        String cursor =
                cursor(Map.of("a", new Position("e", 1), "p.x", new Position("e", 2), "other", new Position("e", 3)));
        SubscriptionRequest request = body("{\"subscribe\":[{\"topic\":\"a\",\"since\":\"start\"},"
                + "{\"topic\":\"b\",\"since\":\"start\"},{\"topic\":\"c\"},{\"topic\":\"p.*\",\"since\":\"snapshot\"}],"
                + "\"since\":\"" + cursor + "\"}");
        assertThat(beginnings(request))
                .containsExactly(
                        after("e", 1),
                        Since.START,
                        Since.NOW,
                        new Since.Positions(Map.of(Topic.of("p.x"), new Position("e", 2))));
        assertThat(request.cursor()).as("of topics of the request").containsOnlyKeys(Topic.of("a"), Topic.of("p.x"));
    }

    @Test
    void aPositionIsTheCursorOfOneTopic() {
        assertThat(beginnings(query("topic=a&since=k3x9:41"))).containsExactly(after("k3x9", 41));
        assertThat(beginnings(query("topic=a&since=:0"))).containsExactly(after("", 0));
        assertThat(query("topic=a").cursorOf(Map.of(Topic.of("a"), new Position("e", 4))))
                .isEqualTo("e:4");
    }

    @Test
    void theLastEventIdWins() {
        SubscriptionRequest request =
                SubscriptionRequest.of(head("GET /events?topic=a&since=start"), new byte[0], "e:7");
        assertThat(beginnings(request)).containsExactly(after("e", 7));
    }

    @Test
    void aHeadTakesACursorOf64TopicsABodyAnyOne() {
        Map<String, Position> positions = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            positions.put("t." + i, new Position("e", i + 1));
        }
        assertThat(query("topic=t.*&since=" + cursor(positions)).cursor()).hasSize(64);
        positions.put("t.64", new Position("e", 1));
        String tooLarge = cursor(positions);
        assertThatThrownBy(() -> query("topic=t.*&since=" + tooLarge))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_TOPICS));
        assertThat(body("{\"subscribe\":[{\"topic\":\"t.*\"}],\"since\":\"" + tooLarge + "\"}")
                        .cursor())
                .hasSize(65);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic=a&wait=-1",
                "topic=a&wait=x",
                "topic=a&wait=1e3",
                "topic=a&wait=1&wait=2",
                "topic=a&ids=yes",
                "topic=a&mode=conflated&maxRate=0",
                "topic=a&mode=conflated&maxRate=1001",
                "topic=a&maxRate=1",
                "topic=a&since=last:-1",
                "topic=a&since=snapshot:1",
                "topic=a&since=last:99999999999999999999",
                "topic=a&since=start:1",
                "topic=a&since=e:9007199254740992"
            })
    void whatCannotBeUnderstoodIsABadRequest(String query) {
        assertBadRequest(() -> query(query));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"subscribe\":{}}",
                "{\"subscribe\":[]}",
                "{\"subscribe\":[1]}",
                "{\"subscribe\":[{\"topic\":1}]}",
                "{\"subscribe\":[{}]}",
                "{\"subscribe\":[{\"topic\":\"a\",\"since\":7}]}",
                "{\"subscribe\":[{\"topic\":\"a\",\"since\":\"AQAA\"}]}",
                "{\"subscribe\":[{\"topic\":\"a.*\",\"since\":\"e:1\"}]}",
                "{\"subscribe\":[{\"topic\":\"a\",\"since\":{\"positions\":{}}}]}",
                "{\"subscribe\":[{\"topic\":\"a\"}],\"wait\":\"1\"}",
                "{\"subscribe\":[{\"topic\":\"a\"}],\"wait\":-1}",
                "{\"subscribe\":[{\"topic\":\"a\"}],\"ids\":1}",
                "{\"subscribe\":[{\"topic\":\"a\"}],\"since\":{}}",
                "{\"subscribe\":[{\"topic\":\"a\"}],\"since\":\"start\"}"
            })
    void aBodyThatCannotBeUnderstoodIsABadRequest(String json) {
        assertBadRequest(() -> body(json));
    }

    private static void assertBadRequest(Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }

    @Test
    void rightsAndBoundsAreHeldAgainstTheWholeRequest() {
        Rights rights = new Rights(List.of(TopicPattern.of("a")), List.of());
        query("topic=a&topic=b.*").require(rights, 2);
        assertThatThrownBy(() -> query("topic=a&topic=b").require(rights, 2))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        assertThatThrownBy(() -> query("topic=a&topic=b.*").require(rights, 1))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_TOPICS));
    }
}
