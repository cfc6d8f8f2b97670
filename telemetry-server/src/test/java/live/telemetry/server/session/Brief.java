package live.telemetry.server.session;

import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;

/** An envelope on one short line, so that a test reads as a conversation. */
final class Brief {

    private Brief() {}

    static String of(ServerEnvelope envelope) {
        return switch (envelope.type()) {
            case WELCOME -> "welcome";
            case SUBSCRIBED -> subscribed((Subscribed) envelope);
            case PATTERN_SUBSCRIBED -> {
                PatternSubscribed it = (PatternSubscribed) envelope;
                yield "subscribed" + id(it.id()) + ' ' + it.pattern().text();
            }
            case DATA -> data(((Data) envelope).record());
            case GAP -> gap((Gap) envelope);
            case RESYNCING -> {
                Resyncing it = (Resyncing) envelope;
                yield "resyncing" + id(it.id()) + ' ' + it.topic() + ' ' + it.epoch() + ' ' + it.from() + ".."
                        + it.to();
            }
            case RESYNCED -> {
                Resynced it = (Resynced) envelope;
                yield "resynced" + id(it.id()) + ' ' + it.topic() + ' ' + it.from() + ".." + it.to();
            }
            case UNSUBSCRIBED -> {
                Unsubscribed it = (Unsubscribed) envelope;
                yield "unsubscribed" + id(it.id()) + ' ' + it.pattern().text()
                        + (it.reason() == null ? "" : ' ' + it.reason());
            }
            case PUBLISHED -> {
                Published it = (Published) envelope;
                yield "published" + id(it.id()) + ' ' + it.topic() + ' ' + it.position();
            }
            case AUTHENTICATED -> {
                Authenticated it = (Authenticated) envelope;
                yield "authenticated" + id(it.id()) + (it.expiresAt() == null ? "" : " until " + it.expiresAt());
            }
            case PONG -> "pong" + id(((Pong) envelope).id());
            case HEARTBEAT -> "heartbeat";
            case GOAWAY -> "goaway";
            case ERROR -> {
                Failure it = (Failure) envelope;
                yield "error" + id(it.id()) + ' ' + it.code() + (it.retryable() ? " retryable" : "");
            }
        };
    }

    private static String subscribed(Subscribed it) {
        return "subscribed" + id(it.id()) + ' ' + it.topic() + ' ' + it.position() + '/' + it.head()
                + (it.pattern() == null ? "" : " by " + it.pattern().text())
                + (it.recovered() ? "" : " lossy")
                + (it.snapshot() == null ? "" : " snapshot " + it.snapshot());
    }

    private static String data(TelemetryRecord it) {
        return it.topic() + " " + it.seq() + (it.key() == null ? "" : ' ' + it.key());
    }

    private static String gap(Gap it) {
        return "gap" + id(it.id()) + ' ' + it.topic() + ' ' + it.epoch() + ' ' + it.from() + ".." + it.to() + " next "
                + it.next() + ' ' + it.reason().wireName()
                + (it.previousEpoch() == null ? "" : " of " + it.previousEpoch());
    }

    private static String id(Long id) {
        return id == null ? "" : "#" + id;
    }
}
