package live.telemetry.core.envelope;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
import org.jspecify.annotations.Nullable;

/** JSON to envelopes: every field is checked as it is read, and an error names the id of the message if it can be read. */
final class EnvelopeReader {

    private EnvelopeReader() {}

    static ClientEnvelope client(String json) {
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
                case "publish" -> publish(id, fields);
                case "auth" -> new Auth(id, fields.requiredString("token"));
                case "ping" -> new Ping(id);
                default -> throw unknownType(type, id);
            };
        });
    }

    static Publish publish(JsonFields fields) {
        Long id = readId(fields);
        return naming(id, () -> publish(id, fields));
    }

    private static Publish publish(@Nullable Long id, JsonFields fields) {
        return new Publish(id, topic(fields), fields.string("key").orElse(null), fields.requiredData("data"));
    }

    static Subscribe subscribe(JsonFields fields, @Nullable Since since) {
        return naming(
                null, () -> new Subscribe(null, pattern(fields), since == null ? since(fields) : since, mode(fields)));
    }

    static ServerEnvelope server(String json) {
        return server(parse(json));
    }

    static ServerEnvelope server(JsonFields fields) {
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
