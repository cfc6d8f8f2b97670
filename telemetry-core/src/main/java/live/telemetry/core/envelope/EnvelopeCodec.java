package live.telemetry.core.envelope;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ClientEnvelope.Ping;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Heartbeat;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import live.telemetry.core.json.JsonFields;
import live.telemetry.core.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes to JSON and back, as {@code docs/PROTOCOL.md} has them. Stateless. Decoding ignores fields that it does not know,
 * and throws {@link ProtocolException} with {@code BAD_REQUEST}, {@code BAD_TOPIC} or {@code UNKNOWN_TYPE}.
 */
public final class EnvelopeCodec {

    private EnvelopeCodec() {}

    /**
     * Writes what a client sends.
     *
     * @param envelope the envelope
     * @return one JSON object on one line
     */
    public static String encode(ClientEnvelope envelope) {
        return switch (envelope.type()) {
            case SUBSCRIBE -> encodeSubscribe((Subscribe) envelope);
            case UNSUBSCRIBE ->
                start("unsubscribe", envelope.id())
                        .field("topic", ((Unsubscribe) envelope).pattern().text())
                        .text();
            case RESYNC -> encodeResync((Resync) envelope);
            case PUBLISH -> encodePublish((Publish) envelope);
            case AUTH ->
                start("auth", envelope.id())
                        .field("token", ((Auth) envelope).token())
                        .text();
            case PING -> start("ping", envelope.id()).text();
        };
    }

    /**
     * Writes what a server sends.
     *
     * @param envelope the envelope
     * @return one JSON object on one line
     */
    public static String encode(ServerEnvelope envelope) {
        return switch (envelope.type()) {
            case WELCOME -> encodeWelcome((Welcome) envelope);
            case SUBSCRIBED -> encodeSubscribed((Subscribed) envelope);
            case PATTERN_SUBSCRIBED ->
                start("subscribed", ((PatternSubscribed) envelope).id())
                        .field("topic", ((PatternSubscribed) envelope).pattern().text())
                        .text();
            case DATA -> encodeData(((Data) envelope).record());
            case GAP -> encodeGap((Gap) envelope);
            case RESYNCING -> encodeResyncing((Resyncing) envelope);
            case RESYNCED -> encodeResynced((Resynced) envelope);
            case UNSUBSCRIBED -> encodeUnsubscribed((Unsubscribed) envelope);
            case PUBLISHED -> encodePublished((Published) envelope);
            case AUTHENTICATED ->
                start("authenticated", ((Authenticated) envelope).id())
                        .field("expiresAt", ((Authenticated) envelope).expiresAt())
                        .text();
            case PONG ->
                start("pong", ((Pong) envelope).id())
                        .field("ts", ((Pong) envelope).timestampMillis())
                        .text();
            case HEARTBEAT ->
                start("heartbeat", null)
                        .field("ts", ((Heartbeat) envelope).timestampMillis())
                        .text();
            case GOAWAY ->
                start("goaway", null)
                        .field("reason", ((Goaway) envelope).reason())
                        .field("reconnectAfter", ((Goaway) envelope).reconnectAfterMillis())
                        .text();
            case ERROR -> encodeFailure((Failure) envelope);
        };
    }

    /**
     * Writes a record as a {@code data} envelope.
     *
     * @param record the record
     * @return one JSON object on one line
     */
    public static String encodeData(TelemetryRecord record) {
        return start("data", null)
                .field("topic", record.topic().name())
                .field("seq", record.seq())
                .field("ts", record.timestampMillis())
                .field("key", record.key())
                .field("data", record.data())
                .text();
    }

    /**
     * Reads what a client sent.
     *
     * @param json the text of a message
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ClientEnvelope decodeClient(String json) {
        JsonFields fields = parse(json);
        Long id = readId(fields);
        return naming(id, () -> {
            String type = fields.requiredString("type");
            return switch (type) {
                case "subscribe" -> new Subscribe(id, pattern(fields), since(fields), mode(fields));
                case "unsubscribe" -> new Unsubscribe(id, pattern(fields));
                case "resync" ->
                    new Resync(
                            id,
                            topic(fields),
                            epoch(fields),
                            fields.requiredWholeNumber("from"),
                            fields.requiredWholeNumber("to"));
                case "publish" ->
                    new Publish(id, topic(fields), fields.string("key").orElse(null), fields.requiredData("data"));
                case "auth" -> new Auth(id, fields.requiredString("token"));
                case "ping" -> new Ping(id);
                default -> throw unknownType(type, id);
            };
        });
    }

    /**
     * Reads what a server sent.
     *
     * @param json the text of a message
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ServerEnvelope decodeServer(String json) {
        JsonFields fields = parse(json);
        Long id = readId(fields);
        return naming(id, () -> {
            String type = fields.requiredString("type");
            return switch (type) {
                case "welcome" ->
                    new Welcome(
                            fields.requiredString("session"),
                            fields.requiredString("node"),
                            fields.requiredWholeNumber("heartbeat"),
                            fields.requiredWholeNumber("maxMessageBytes"),
                            optionalNumber(fields, "expiresAt"));
                case "subscribed" -> subscribed(id, fields);
                case "data" -> new Data(record(fields));
                case "gap" -> gap(id, fields);
                case "resyncing" -> new Resyncing(id, topic(fields), epoch(fields), from(fields), to(fields));
                case "resynced" -> new Resynced(id, topic(fields), from(fields), to(fields));
                case "unsubscribed" ->
                    new Unsubscribed(
                            id, pattern(fields), fields.string("reason").orElse(null));
                case "published" -> new Published(id, topic(fields), position(fields));
                case "authenticated" -> new Authenticated(id, optionalNumber(fields, "expiresAt"));
                case "pong" -> new Pong(id, fields.requiredWholeNumber("ts"));
                case "heartbeat" -> new Heartbeat(fields.requiredWholeNumber("ts"));
                case "goaway" ->
                    new Goaway(fields.requiredString("reason"), fields.requiredWholeNumber("reconnectAfter"));
                case "error" -> failure(id, fields);
                default -> throw unknownType(type, id);
            };
        });
    }

    // ---- writing

    private static JsonText start(String type, @Nullable Long id) {
        return JsonText.object().field("type", type).field("id", id);
    }

    private static String encodeSubscribe(Subscribe subscribe) {
        JsonText text = start("subscribe", subscribe.id())
                .field("topic", subscribe.pattern().text());
        writeSince(text, subscribe.since());
        if (subscribe.mode() instanceof Mode.Conflated conflated) {
            text.field("mode", "conflated").field("maxRate", shortest(conflated.maxRate()));
        }
        return text.text();
    }

    private static void writeSince(JsonText text, Since since) {
        if (since instanceof Since.Start) {
            text.field("since", "start");
        } else if (since instanceof Since.Snapshot) {
            text.field("since", "snapshot");
        } else if (since instanceof Since.Last last) {
            text.begin("since").field("last", last.records()).end();
        } else if (since instanceof Since.After after) {
            writePosition(text, "since", after.position());
        } else if (since instanceof Since.Positions positions) {
            text.begin("since").begin("positions");
            // Sorted, so that the same envelope is the same text in every process.
            new TreeMap<>(positions.positions())
                    .forEach((topic, position) -> writePosition(text, topic.name(), position));
            text.end().end();
        }
    }

    private static void writePosition(JsonText text, String name, Position position) {
        text.begin(name)
                .field("epoch", position.epoch())
                .field("seq", position.seq())
                .end();
    }

    /** 10 rather than 10.0. */
    private static Number shortest(double value) {
        if (value == Math.rint(value)) {
            return (long) value;
        }
        return value;
    }

    private static String encodeResync(Resync resync) {
        return start("resync", resync.id())
                .field("topic", resync.topic().name())
                .field("epoch", resync.epoch())
                .field("from", resync.from())
                .field("to", resync.to())
                .text();
    }

    private static String encodePublish(Publish publish) {
        return start("publish", publish.id())
                .field("topic", publish.topic().name())
                .field("key", publish.key())
                .field("data", publish.data())
                .text();
    }

    private static String encodeWelcome(Welcome welcome) {
        return start("welcome", null)
                .field("protocol", Welcome.PROTOCOL)
                .field("session", welcome.session())
                .field("node", welcome.node())
                .field("heartbeat", welcome.heartbeatMillis())
                .field("maxMessageBytes", welcome.maxMessageBytes())
                .field("expiresAt", welcome.expiresAt())
                .text();
    }

    private static String encodeSubscribed(Subscribed subscribed) {
        TopicPattern pattern = subscribed.pattern();
        return start("subscribed", subscribed.id())
                .field("topic", subscribed.topic().name())
                .field("pattern", pattern == null ? null : pattern.text())
                .field("epoch", subscribed.position().epoch())
                .field("seq", subscribed.position().seq())
                .field("head", subscribed.head())
                .field("recovered", subscribed.recovered())
                .field("snapshot", subscribed.snapshot())
                .text();
    }

    private static String encodeGap(Gap gap) {
        return start("gap", gap.id())
                .field("topic", gap.topic().name())
                .field("epoch", gap.epoch())
                .field("previousEpoch", gap.previousEpoch())
                .field("from", gap.from())
                .field("to", gap.to())
                .field("next", gap.next())
                .field("reason", gap.reason().wireName())
                .text();
    }

    private static String encodeResyncing(Resyncing resyncing) {
        return start("resyncing", resyncing.id())
                .field("topic", resyncing.topic().name())
                .field("epoch", resyncing.epoch())
                .field("from", resyncing.from())
                .field("to", resyncing.to())
                .text();
    }

    private static String encodeResynced(Resynced resynced) {
        return start("resynced", resynced.id())
                .field("topic", resynced.topic().name())
                .field("from", resynced.from())
                .field("to", resynced.to())
                .text();
    }

    private static String encodeUnsubscribed(Unsubscribed unsubscribed) {
        return start("unsubscribed", unsubscribed.id())
                .field("topic", unsubscribed.pattern().text())
                .field("reason", unsubscribed.reason())
                .text();
    }

    private static String encodePublished(Published published) {
        return start("published", published.id())
                .field("topic", published.topic().name())
                .field("epoch", published.position().epoch())
                .field("seq", published.position().seq())
                .text();
    }

    private static String encodeFailure(Failure failure) {
        return start("error", failure.id())
                .field("code", failure.code().name())
                .field("message", failure.message())
                .field("retryable", failure.retryable())
                .text();
    }

    // ---- reading

    private static JsonFields parse(String json) {
        return naming(null, () -> JsonFields.parse(json));
    }

    private static @Nullable Long readId(JsonFields fields) {
        return naming(null, () -> optionalNumber(fields, "id"));
    }

    private static ProtocolException unknownType(String type, @Nullable Long id) {
        String shown = type.length() > 40 ? type.substring(0, 40) + "…" : type;
        return new ProtocolException(ErrorCode.UNKNOWN_TYPE, "unknown type \"" + shown + "\"", id, null);
    }

    private static @Nullable Long optionalNumber(JsonFields fields, String name) {
        OptionalLong number = fields.wholeNumber(name);
        return number.isPresent() ? number.getAsLong() : null;
    }

    private static Topic topic(JsonFields fields) {
        return Topic.of(fields.requiredString("topic"));
    }

    private static TopicPattern pattern(JsonFields fields) {
        return TopicPattern.of(fields.requiredString("topic"));
    }

    private static Position position(JsonFields fields) {
        return new Position(fields.requiredString("epoch"), fields.requiredWholeNumber("seq"));
    }

    private static String epoch(JsonFields fields) {
        return epoch(fields, "epoch");
    }

    private static String epoch(JsonFields fields, String name) {
        // The constructor checks the epoch; the number of a range is checked by whoever takes the range.
        return new Position(fields.requiredString(name), 0).epoch();
    }

    private static long from(JsonFields fields) {
        return atLeast(1, fields, "from");
    }

    /** An empty range ends just before it begins. */
    private static long to(JsonFields fields) {
        return atLeast(from(fields) - 1, fields, "to");
    }

    private static long atLeast(long least, JsonFields fields, String name) {
        long number = fields.requiredWholeNumber(name);
        if (number < least) {
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST, "\"" + name + "\" must be at least " + least + ": " + number);
        }
        return number;
    }

    private static Since since(JsonFields fields) {
        if (!fields.has("since")) {
            return Since.NOW;
        }
        Optional<JsonFields> object = fields.objectIfAny("since");
        if (object.isEmpty()) {
            return switch (fields.string("since").orElseThrow()) {
                case "start" -> Since.START;
                case "snapshot" -> Since.SNAPSHOT;
                default -> throw badSince();
            };
        }
        JsonFields since = object.get();
        if (since.has("last")) {
            return Since.last(since.requiredWholeNumber("last"));
        }
        if (since.has("positions")) {
            Map<Topic, Position> positions = new HashMap<>();
            since.requiredObjectOfObjects("positions")
                    .forEach((name, position) -> positions.put(Topic.of(name), position(position)));
            return new Since.Positions(positions);
        }
        if (since.has("epoch")) {
            return Since.after(position(since));
        }
        throw badSince();
    }

    private static TelemetryException badSince() {
        return new TelemetryException(
                ErrorCode.BAD_REQUEST,
                "\"since\" must be \"start\", \"snapshot\", {\"last\":n}, {\"epoch\":e,\"seq\":n} or {\"positions\":{…}}");
    }

    private static Mode mode(JsonFields fields) {
        OptionalDouble maxRate = fields.decimal("maxRate");
        return switch (fields.string("mode").orElse("all")) {
            case "conflated" -> Mode.conflated(maxRate.orElse(Mode.DEFAULT_RATE));
            case "all" -> {
                if (maxRate.isPresent()) {
                    throw new TelemetryException(ErrorCode.BAD_REQUEST, "\"maxRate\" fits only \"mode\":\"conflated\"");
                }
                yield Mode.ALL;
            }
            default -> throw new TelemetryException(ErrorCode.BAD_REQUEST, "\"mode\" must be \"all\" or \"conflated\"");
        };
    }

    private static ServerEnvelope subscribed(@Nullable Long id, JsonFields fields) {
        if (!fields.has("seq")) {
            TopicPattern pattern = pattern(fields);
            if (pattern.isExact()) {
                throw new TelemetryException(ErrorCode.BAD_REQUEST, "\"seq\" is missing; only a pattern has none");
            }
            return new PatternSubscribed(id, pattern);
        }
        OptionalLong snapshot = fields.wholeNumber("snapshot");
        return new Subscribed(
                id,
                topic(fields),
                fields.string("pattern").map(TopicPattern::of).orElse(null),
                position(fields),
                fields.requiredWholeNumber("head"),
                fields.bool("recovered").orElse(true),
                snapshot.isPresent() ? Math.toIntExact(snapshot.getAsLong()) : null);
    }

    private static TelemetryRecord record(JsonFields fields) {
        return new TelemetryRecord(
                topic(fields),
                fields.requiredWholeNumber("seq"),
                fields.requiredWholeNumber("ts"),
                fields.string("key").orElse(null),
                fields.requiredData("data"));
    }

    private static Gap gap(@Nullable Long id, JsonFields fields) {
        String reason = fields.requiredString("reason");
        for (GapReason known : GapReason.values()) {
            if (known.wireName().equals(reason)) {
                return new Gap(
                        id,
                        topic(fields),
                        epoch(fields),
                        from(fields),
                        to(fields),
                        atLeast(1, fields, "next"),
                        known,
                        known == GapReason.ROLLED_BACK ? epoch(fields, "previousEpoch") : null);
            }
        }
        throw new TelemetryException(ErrorCode.BAD_REQUEST, "unknown reason of a gap: " + reason);
    }

    private static Failure failure(@Nullable Long id, JsonFields fields) {
        String code = fields.requiredString("code");
        boolean retryable = fields.bool("retryable").orElse(false);
        String message = fields.string("message").orElse("");
        try {
            return new Failure(id, ErrorCode.valueOf(code), message, retryable);
        } catch (IllegalArgumentException e) {
            // A newer server may have codes that this client does not know; the message still tells.
            return new Failure(id, ErrorCode.INTERNAL, code + ": " + message, retryable);
        }
    }

    /** Runs a step of decoding, so that its error names the message's id. */
    private static <T> T naming(@Nullable Long id, Supplier<T> step) {
        try {
            return step.get();
        } catch (ProtocolException e) {
            throw e;
        } catch (TelemetryException e) {
            throw new ProtocolException(e.code(), String.valueOf(e.getMessage()), id, e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), id, e);
        }
    }
}
