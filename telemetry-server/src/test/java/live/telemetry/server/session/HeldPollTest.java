package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
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
}
