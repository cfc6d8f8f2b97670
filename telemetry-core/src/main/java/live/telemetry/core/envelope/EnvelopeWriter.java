package live.telemetry.core.envelope;

import java.util.TreeMap;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
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
import live.telemetry.core.json.JsonText;
import org.jspecify.annotations.Nullable;

/** Envelopes to JSON. */
final class EnvelopeWriter {

    private EnvelopeWriter() {}

    static String write(ClientEnvelope envelope) {
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

    static String write(ServerEnvelope envelope) {
        return switch (envelope.type()) {
            case WELCOME -> encodeWelcome((Welcome) envelope);
            case SUBSCRIBED -> encodeSubscribed((Subscribed) envelope);
            case PATTERN_SUBSCRIBED ->
                start("subscribed", ((PatternSubscribed) envelope).id())
                        .field("topic", ((PatternSubscribed) envelope).pattern().text())
                        .text();
            case DATA -> writeData(((Data) envelope).record());
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

    static String writeData(TelemetryRecord record) {
        return start("data", null)
                .field("topic", record.topic().name())
                .field("seq", record.seq())
                .field("ts", record.timestampMillis())
                .field("key", record.key())
                .field("data", record.data())
                .text();
    }

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
}
