package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.core.Topic;
import live.telemetry.server.net.http.HeadParser;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.poll.HeldPoll;
import live.telemetry.server.net.subscription.SubscriptionRequest;
import org.junit.jupiter.api.Test;

/** Polls without sockets: what a chain of them must not lose, whatever an answer has room for and the store takes its time. */
class HeldPollTest {

    private static final int SMALL = 16 << 10;
    private static final String LARGE_RECORD = '"' + "x".repeat(3_000) + '"';

    private final List<HttpAnswer> answers = new ArrayList<>();

    private HeldPoll poll(SessionRig rig, String query) {
        HeldPoll poll = new HeldPoll(
                rig.loop(),
                new WriteBatch(0),
                request(query),
                () -> SMALL,
                transport -> rig.openPoll(new Identity("me", Rights.ALL, null), transport),
                answers::add);
        rig.loop().execute(poll::begin);
        rig.settle();
        return poll;
    }

    private static SubscriptionRequest request(String query) {
        byte[] bytes = ("GET /poll?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        RequestHead head =
                new HeadParser(32 << 10).parse(ByteBuffer.wrap(bytes)).orElseThrow();
        return SubscriptionRequest.of(head, new byte[0], null);
    }

    private JsonObject answer() {
        assertThat(answers).hasSize(1);
        HttpAnswer answer = answers.remove(0);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }

    private static String cursorOf(JsonObject answer) {
        return answer.get("cursor").getAsString();
    }

    /** Topics of the envelopes of a type. */
    private static List<String> topics(JsonObject answer, String type) {
        List<String> topics = new ArrayList<>();
        for (JsonElement element : answer.getAsJsonArray("envelopes")) {
            JsonObject envelope = element.getAsJsonObject();
            if (envelope.get("type").getAsString().equals(type)) {
                topics.add(envelope.get("topic").getAsString());
            }
        }
        return topics;
    }

    private static String query(int topics) {
        return IntStream.range(0, topics).mapToObj(i -> "topic=t." + i).collect(Collectors.joining("&"));
    }

    @Test
    void aTopicThatFindsNoRoomInAnAnswerBeginsWithTheNextWhereItWasAskedTo() {
        SessionRig rig = SessionRig.local();
        IntStream.range(0, 20).forEach(i -> rig.publish("t." + i, null, LARGE_RECORD));
        Set<String> seen = new HashSet<>();
        String cursor = "start";
        for (int polls = 0; polls < 8; polls++) {
            poll(rig, query(20) + "&wait=0&since=" + cursor);
            JsonObject answer = answer();
            seen.addAll(topics(answer, "data"));
            cursor = cursorOf(answer);
        }
        assertThat(seen).hasSize(20);
    }

    @Test
    void whatIsLostOfATopicIsToldEvenIfAnAnswerIsFull() {
        SessionRig rig = SessionRig.local();
        Map<Topic, Position> lost = new HashMap<>();
        // Names so long that not all gaps fit.
        String name = "t".repeat(200) + '.';
        List<String> topics = IntStream.range(0, 64).mapToObj(i -> name + i).toList();
        topics.forEach(topic -> lost.put(Topic.of(topic), new Position("old", 7)));
        String query = topics.stream().map(topic -> "topic=" + topic).collect(Collectors.joining("&"));
        String cursor = request(query).cursorOf(lost);
        Set<String> told = new HashSet<>();
        for (int polls = 0; polls < 8; polls++) {
            poll(rig, query + "&wait=0&since=" + cursor);
            JsonObject answer = answer();
            told.addAll(topics(answer, "gap"));
            cursor = cursorOf(answer);
        }
        assertThat(told).hasSize(64);
    }

    @Test
    void aPollThatAsksForHistoryIsNotAnsweredBeforeItIsKnownWhereThatBegins() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(3), SessionRig.LIMITS);
        rig.publish(10, "a");
        slow.hold();
        poll(rig, "topic=a&since=start&wait=0");
        slow.releaseOne();
        rig.run(Duration.ofSeconds(1));
        assertThat(slow.heldCount()).as("the history").isEqualTo(1);
        assertThat(answers).isEmpty();
        slow.release();
        rig.settle();
        JsonObject answer = answer();
        assertThat(topics(answer, "data")).hasSize(3);
        assertThat(cursorOf(answer)).endsWith(":10");
    }

    @Test
    void aFullAnswerGoesOutAsSoonAsItIsKnownWhereTheLastTopicBegins() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(5), SessionRig.LIMITS);
        rig.publish(10, "a");
        IntStream.range(0, 5).forEach(i -> rig.publish("b", null, '"' + "x".repeat(8_000) + '"'));
        slow.hold();
        poll(rig, "topic=a&topic=b&since=start");
        slow.releaseOne();
        slow.releaseOne();
        rig.run(Duration.ofSeconds(1), Duration.ofMillis(10));
        assertThat(answers).isEmpty();
        slow.release();
        rig.settle();
        assertThat(topics(answer(), "data")).contains("b");
    }

    @Test
    void aPollWhoseBeginningIsNotFoundInTimeIs503() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(3), SessionRig.LIMITS);
        rig.publish(10, "a");
        slow.hold();
        poll(rig, "topic=a&since=start&wait=0.1");
        slow.releaseOne();
        rig.run(Duration.ofSeconds(3), Duration.ofMillis(10));
        assertThat(answers).extracting(HttpAnswer::status).containsExactly(503);
    }

    @Test
    void aShutdownDoesNotLoseTheBeginningOfAPollEither() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(3), SessionRig.LIMITS);
        rig.publish(10, "a");
        slow.hold();
        HeldPoll poll = poll(rig, "topic=a&since=start");
        poll.shutDown(100);
        rig.settle();
        assertThat(answers).extracting(HttpAnswer::status).containsExactly(503);
        assertThat(rig.endedSessions()).isEqualTo(1);
    }

    @Test
    void aPollIsRefusedWhenTheHistoryThatItAsksForIsNotToBeHad() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(3), SessionRig.LIMITS);
        rig.publish(10, "a");
        slow.hold();
        poll(rig, "topic=a&since=start");
        slow.releaseOne();
        rig.settle();
        slow.failOne();
        rig.settle();
        assertThat(answers).extracting(HttpAnswer::status).containsExactly(503);
    }

    @Test
    void aPollThatCannotBeginLeavesTheInterestOfOthersAlone() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        TestPeer peer = rig.connect();
        peer.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\"}");
        rig.settle();
        slow.hold();
        poll(rig, "topic=a");
        slow.failOne();
        rig.settle();
        assertThat(answers).extracting(HttpAnswer::status).containsExactly(503);
        assertThat(rig.node().isWanted(Topic.of("a"))).isTrue();
    }

    @Test
    void noTopicIsLeftOutByEveryAnswerAsLongAsOthersFillThem() {
        SessionRig rig = SessionRig.local();
        Set<String> seen = new HashSet<>();
        IntStream.range(0, 30).forEach(i -> rig.publish("t." + i, null, LARGE_RECORD));
        String cursor = "start";
        for (int polls = 0; polls < 120; polls++) {
            poll(rig, "topic=t.*&wait=0&since=" + cursor);
            JsonObject answer = answer();
            seen.addAll(topics(answer, "data"));
            cursor = cursorOf(answer);
            IntStream.range(0, 30).forEach(i -> rig.publish("t." + i, null, LARGE_RECORD));
        }
        assertThat(seen).hasSize(30);
    }
}
