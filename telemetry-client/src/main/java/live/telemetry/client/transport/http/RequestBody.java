package live.telemetry.client.transport.http;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/** The body of a request for a stream or a poll. */
final class RequestBody {

    /** A server takes bodies of this size at least. */
    static final int MAX_BYTES = 256 << 10;

    /**
     * What a session without subscriptions asks for, since a request has to name something: a pattern, which every token may
     * subscribe to, of topics that nobody has.
     */
    static final List<Subscribe> NOTHING =
            List.of(new Subscribe(null, TopicPattern.of("telemetry:nothing.*"), Since.NOW, Mode.ALL));

    private RequestBody() {}

    /**
     * The body, shortened to {@link #MAX_BYTES} by leaving out positions of patterns' topics. Those begin at their first record, and
     * what is known already is dropped: that costs time, but nothing else.
     *
     * @param cursor of the poll before, or null
     * @param waitSeconds how long a poll may be held; negative for a stream
     */
    static String of(List<Subscribe> subscriptions, @Nullable String cursor, int waitSeconds) {
        List<Subscribe> asked = subscriptions.isEmpty() ? NOTHING : subscriptions;
        String body = write(asked, cursor, waitSeconds);
        while (body.length() > MAX_BYTES && asked.stream().anyMatch(RequestBody::hasPositions)) {
            asked = asked.stream().map(RequestBody::shortened).toList();
            body = write(asked, cursor, waitSeconds);
        }
        return body;
    }

    private static String write(List<Subscribe> subscriptions, @Nullable String cursor, int waitSeconds) {
        // An envelope has a type besides, which is ignored as any unknown field is.
        String list = subscriptions.stream().map(EnvelopeCodec::encode).collect(Collectors.joining(",", "[", "]"));
        StringBuilder body = new StringBuilder(list.length() + 64);
        body.append("{\"subscribe\":").append(list);
        if (cursor != null) {
            body.append(",\"since\":").append(JsonData.of(cursor).text());
        }
        if (waitSeconds >= 0) {
            body.append(",\"wait\":").append(waitSeconds);
        }
        return body.append(",\"ids\":false}").toString();
    }

    private static boolean hasPositions(Subscribe one) {
        return one.since() instanceof Since.Positions some && !some.positions().isEmpty();
    }

    private static Subscribe shortened(Subscribe one) {
        if (!(one.since() instanceof Since.Positions some) || some.positions().isEmpty()) {
            return one;
        }
        Map<Topic, Position> kept = new HashMap<>(some.positions());
        Iterator<Topic> topics = kept.keySet().iterator();
        for (int drop = Math.max(1, kept.size() / 8); drop > 0; drop--) {
            topics.next();
            topics.remove();
        }
        return new Subscribe(one.id(), one.pattern(), new Since.Positions(kept), one.mode());
    }
}
