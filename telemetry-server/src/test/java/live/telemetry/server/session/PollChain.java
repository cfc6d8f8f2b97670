package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Identity;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.server.net.http.HeadParser;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.poll.HeldPoll;
import live.telemetry.server.net.subscription.SubscriptionRequest;

/** A client that polls again and again, at whichever node, and holds every answer against what it knows. */
final class PollChain {

    private final String query;
    private final Contents contents;
    private final Map<Topic, Position> positions = new HashMap<>();
    private final List<String> course = new ArrayList<>();
    private String cursor = "";
    private boolean waiting;
    private int gaps;

    /** Is told of each record. */
    interface Contents {
        void saw(Topic topic, Position position, String data);
    }

    PollChain(String query, Contents contents) {
        this.query = query;
        this.contents = contents;
    }

    String query() {
        return query;
    }

    Map<Topic, Position> positions() {
        return positions;
    }

    int gaps() {
        return gaps;
    }

    String course() {
        return query + ":\n" + String.join("\n", course);
    }

    /** Polls, unless the last poll is still held. */
    void pollIfIdle(SessionRig node, int holdMillis) {
        if (waiting) {
            return;
        }
        waiting = true;
        String asked = cursor.isEmpty() ? query : query.replaceFirst("&since=.*", "") + "&since=" + cursor;
        course.add("poll " + node.nodeName() + " " + asked);
        RequestHead head = new HeadParser(32 << 10)
                .parse(ByteBuffer.wrap(
                        ("GET /poll?" + asked + "&wait=" + holdMillis / 1_000.0 + " HTTP/1.1\r\nHost: a\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII)))
                .orElseThrow();
        SubscriptionRequest request = SubscriptionRequest.of(head, new byte[0], null);
        node.loop()
                .execute(() -> new HeldPoll(
                                node.loop(),
                                new WriteBatch(0),
                                request,
                                () -> 1 << 20,
                                transport -> node.openPoll(new Identity("me", Rights.ALL, null), transport),
                                this::answered)
                        .begin());
        node.settle();
    }

    private void answered(HttpAnswer answer) {
        waiting = false;
        course.add(answer.status() + " "
                + answer.body()
                        .replaceAll("\\s*,\\{\"type\":\"data\",\"topic\":\"([^\"]*)\",\"seq\":(\\d+)[^}]*}", " $1$2"));
        if (answer.status() == 503) {
            return;
        }
        assertThat(answer.status()).isEqualTo(200);
        JsonObject body = JsonParser.parseString(answer.body()).getAsJsonObject();
        cursor = body.get("cursor").getAsString();
        int data = 0;
        for (JsonElement element : body.getAsJsonArray("envelopes")) {
            ServerEnvelope envelope = EnvelopeCodec.decodeServer(element.toString());
            if (envelope instanceof Subscribed subscribed) {
                onSubscribed(subscribed);
            } else if (envelope instanceof Gap gap) {
                onGap(gap);
            } else if (envelope instanceof Data record) {
                onData(record);
                data++;
            }
        }
        assertThat(data).isLessThanOrEqualTo(1_000);
    }

    private void onSubscribed(Subscribed subscribed) {
        Position known = positions.put(subscribed.topic(), subscribed.position());
        if (known != null && !known.equals(Position.NONE)) {
            assertThat(subscribed.position().seq())
                    .as("a new epoch, and nothing lost")
                    .isEqualTo(known.seq());
            assertThat(subscribed.position().epoch()).isNotEqualTo(known.epoch());
        }
    }

    private void onGap(Gap gap) {
        gaps++;
        Position known = positions.get(gap.topic());
        assertThat(known).as("the gap of " + gap.topic()).isNotNull();
        switch (gap.reason()) {
            case EXPIRED -> {
                assertThat(gap.from()).isEqualTo(known.seq() + 1);
                assertThat(gap.next()).isEqualTo(gap.to() + 1);
            }
            case EPOCH_CHANGED -> assertThat(gap.from()).isEqualTo(1);
            case ROLLED_BACK -> assertThat(gap.to()).isEqualTo(known.seq());
        }
        positions.put(gap.topic(), gap.epoch().isEmpty() ? Position.NONE : new Position(gap.epoch(), gap.next() - 1));
    }

    private void onData(Data data) {
        Topic topic = data.record().topic();
        Position known = positions.get(topic);
        assertThat(known).as("where " + topic + " stands").isNotNull();
        Position next = new Position(known.epoch(), known.seq() + 1);
        assertThat(data.record().seq()).as("%s behind %s", topic, known).isEqualTo(next.seq());
        positions.put(topic, next);
        contents.saw(topic, next, data.record().data().text());
    }
}
