package live.telemetry.server.net.subscription;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.http.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * What a request for a stream or a poll asks for: topics, each with its beginning, in which the cursor that came along has been
 * worked in.
 *
 * @param subscriptions at least one; no topic or pattern twice
 * @param cursor the positions that came, of the topics asked for; empty also if none came
 * @param ids whether a stream is to have ids
 * @param hold how long a poll may be held
 */
public record SubscriptionRequest(
        List<Subscribe> subscriptions, Map<Topic, Position> cursor, boolean ids, Duration hold) {

    /** How long a poll is held where it does not say, and at most. */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(25);

    /** Topics in a cursor that comes in a head or is sent as an id. */
    public static final int MAX_TOPICS_IN_HEAD = 64;

    /** The longest id of a stream, in bytes. */
    public static final int MAX_ID_BYTES = 8 << 10;

    /** Copies the collections. */
    public SubscriptionRequest {
        subscriptions = List.copyOf(subscriptions);
        cursor = Map.copyOf(cursor);
    }

    /** As it came: a beginning that is null is the cursor's, or now. */
    record Asked(List<Subscribe> topics, @Nullable String cursor, boolean ids, Duration hold) {}

    /**
     * Reads a request.
     *
     * @param head its head
     * @param body its body; empty for a {@code GET}
     * @param lastEventId wins over what else says where to begin; null if there is none
     * @return what it asks for
     * @throws TelemetryException with 400 if it cannot be understood
     */
    public static SubscriptionRequest of(RequestHead head, byte[] body, @Nullable String lastEventId) {
        boolean get = head.method() == HttpMethod.GET;
        Asked asked = get ? QueryReader.read(head.query()) : BodyReader.read(Utf8.decode(body));
        requireDistinct(asked.topics());
        String text = lastEventId != null ? lastEventId : asked.cursor();
        if (text == null) {
            return new SubscriptionRequest(asked.topics(), Map.of(), asked.ids(), asked.hold());
        }
        Map<Topic, Position> positions = positions(text, asked.topics());
        if ((get || lastEventId != null) && positions.size() > MAX_TOPICS_IN_HEAD) {
            throw new HttpException(
                    ErrorCode.TOO_MANY_TOPICS,
                    "a cursor in a query or in Last-Event-ID names at most " + MAX_TOPICS_IN_HEAD
                            + " topics; send it in a body");
        }
        Map<Topic, Position> used = new HashMap<>();
        List<Subscribe> resumed = asked.topics().stream()
                .map(wanted -> resume(wanted, positions, used))
                .toList();
        return new SubscriptionRequest(resumed, used, asked.ids(), asked.hold());
    }

    /** The cursor wins for what it names; what else a pattern matches was born meanwhile. */
    private static Subscribe resume(Subscribe wanted, Map<Topic, Position> positions, Map<Topic, Position> used) {
        TopicPattern pattern = wanted.pattern();
        Map<Topic, Position> own = positions.entrySet().stream()
                .filter(entry -> pattern.matches(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        used.putAll(own);
        Since since = wanted.since();
        if (!pattern.isExact()) {
            since = new Since.Positions(own);
        } else if (!own.isEmpty()) {
            since = Since.after(own.values().iterator().next());
        }
        return new Subscribe(null, pattern, since, wanted.mode());
    }

    private static Map<Topic, Position> positions(String cursor, List<Subscribe> topics) {
        if (cursor.indexOf(':') < 0) {
            return Cursors.read(cursor);
        }
        if (!isOneTopic(topics)) {
            throw HttpException.badRequest("a cursor of the form <epoch>:<seq> fits only a request for one topic");
        }
        return Map.of(Topic.of(topics.get(0).pattern().text()), SinceText.position(cursor));
    }

    private static void requireDistinct(List<Subscribe> topics) {
        if (topics.isEmpty()) {
            throw HttpException.badRequest("no topic is asked for; name at least one");
        }
        Set<TopicPattern> seen = new HashSet<>();
        for (Subscribe wanted : topics) {
            if (!seen.add(wanted.pattern())) {
                throw new HttpException(
                        ErrorCode.ALREADY_SUBSCRIBED, '"' + wanted.pattern().text() + "\" is asked for twice");
            }
        }
    }

    private static boolean isOneTopic(List<Subscribe> topics) {
        return topics.size() == 1 && topics.get(0).pattern().isExact();
    }

    /**
     * Whether it is for one topic only, whose cursor is a position.
     *
     * @return false for a pattern
     */
    public boolean isOneTopic() {
        return isOneTopic(subscriptions);
    }

    /**
     * Refuses what goes beyond rights or bounds.
     *
     * @param rights who asks
     * @param maxSubscriptions topics and patterns of one session
     * @throws TelemetryException with {@code FORBIDDEN} or {@code TOO_MANY_TOPICS}
     */
    public void require(Rights rights, int maxSubscriptions) {
        if (subscriptions.size() > maxSubscriptions) {
            throw new HttpException(
                    ErrorCode.TOO_MANY_TOPICS,
                    "a request has at most " + maxSubscriptions + " topics and patterns; use patterns");
        }
        for (Subscribe wanted : subscriptions) {
            TopicPattern pattern = wanted.pattern();
            if (pattern.isExact() && !rights.maySubscribe(Topic.of(pattern.text()))) {
                throw new HttpException(
                        ErrorCode.FORBIDDEN, "the token does not allow to read \"" + pattern.text() + '"');
            }
        }
    }

    /**
     * The text that a client brings to go on.
     *
     * @param positions where it stands
     * @return a position for one topic of which it is known, else an opaque text
     */
    public String cursorOf(Map<Topic, Position> positions) {
        Position only = isOneTopic()
                ? positions.get(Topic.of(subscriptions.get(0).pattern().text()))
                : null;
        return only == null ? Cursors.write(positions) : only.toString();
    }
}
