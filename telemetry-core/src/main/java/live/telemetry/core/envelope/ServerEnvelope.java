package live.telemetry.core.envelope;

import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends. An {@code id} is that of the request which is answered, null where there was none. Times are
 * milliseconds since 1970.
 */
public sealed interface ServerEnvelope extends Envelope {

    /** The types, for an exhaustive switch. */
    enum Type {
        /** {@link Welcome}. */
        WELCOME,
        /** {@link Subscribed}. */
        SUBSCRIBED,
        /** {@link PatternSubscribed}. */
        PATTERN_SUBSCRIBED,
        /** {@link Data}. */
        DATA,
        /** {@link Gap}. */
        GAP,
        /** {@link Resyncing}. */
        RESYNCING,
        /** {@link Resynced}. */
        RESYNCED,
        /** {@link Unsubscribed}. */
        UNSUBSCRIBED,
        /** {@link Published}. */
        PUBLISHED,
        /** {@link Authenticated}. */
        AUTHENTICATED,
        /** {@link Pong}. */
        PONG,
        /** {@link Heartbeat}. */
        HEARTBEAT,
        /** {@link Goaway}. */
        GOAWAY,
        /** {@link Failure}. */
        ERROR
    }

    /**
     * Which one it is.
     *
     * @return the type
     */
    Type type();

    /**
     * The first envelope of a session: only now does the transport count as working.
     *
     * @param session names the session, for logs
     * @param node names the node
     * @param heartbeatMillis the interval of heartbeats
     * @param maxMessageBytes the largest message that the server takes
     * @param expiresAt when the token expires, or null if it does not
     */
    record Welcome(
            String session,
            String node,
            long heartbeatMillis,
            long maxMessageBytes,
            @Nullable Long expiresAt) implements ServerEnvelope {
        /** The version of the protocol. */
        public static final int PROTOCOL = 1;

        @Override
        public Type type() {
            return Type.WELCOME;
        }
    }

    /**
     * A topic's subscription stands at a position.
     *
     * @param id that of {@code subscribe}; null if it was not asked for (a topic of a pattern, a new epoch)
     * @param topic the topic
     * @param pattern the pattern that brought the topic, or null
     * @param position the next {@code data} is the one after it, unless a gap comes first
     * @param head the newest record of the topic
     * @param recovered false if something between where the client wanted to begin and now is gone
     * @param snapshot how many records of a snapshot follow, outside the sequence; null if no snapshot was asked for
     */
    record Subscribed(
            @Nullable Long id,
            Topic topic,
            @Nullable TopicPattern pattern,
            Position position,
            long head,
            boolean recovered,
            @Nullable Integer snapshot)
            implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.SUBSCRIBED;
        }
    }

    /**
     * A subscription to a pattern is accepted; a {@link Subscribed} for each of its topics follows. On the wire it is a
     * {@code subscribed} as well, whose {@code topic} is the pattern and which has no seq.
     *
     * @param id that of {@code subscribe}
     * @param pattern the pattern
     */
    record PatternSubscribed(@Nullable Long id, TopicPattern pattern) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.PATTERN_SUBSCRIBED;
        }
    }

    /**
     * A record. Its epoch is the one last named for the topic.
     *
     * @param record the record
     */
    record Data(TelemetryRecord record) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.DATA;
        }
    }

    /**
     * The records from {@code from} to {@code to} are gone for good; delivery goes on at {@code next} in {@code epoch}.
     *
     * @param id that of a resync, in whose answer it stands; null for the live sequence
     * @param topic the topic
     * @param epoch the epoch in which delivery goes on
     * @param from the first number that is gone
     * @param to the last; {@code from} − 1 if nobody knows of any
     * @param next where delivery goes on
     * @param reason why
     * @param previousEpoch the epoch in which {@code from} and {@code to} count, for {@link GapReason#ROLLED_BACK} only
     */
    record Gap(
            @Nullable Long id,
            Topic topic,
            String epoch,
            long from,
            long to,
            long next,
            GapReason reason,
            @Nullable String previousEpoch)
            implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.GAP;
        }
    }

    /**
     * The answer of a resync begins: what follows until {@link Resynced} does not move the position.
     *
     * @param id that of the resync
     * @param topic the topic
     * @param epoch the epoch in which the numbers count
     * @param from the first number
     * @param to the last
     */
    record Resyncing(@Nullable Long id, Topic topic, String epoch, long from, long to) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.RESYNCING;
        }
    }

    /**
     * The answer of a resync ends.
     *
     * @param id that of the resync
     * @param topic the topic
     * @param from the first number that was answered
     * @param to the last; {@code from} − 1 if none was
     */
    record Resynced(@Nullable Long id, Topic topic, long from, long to) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.RESYNCED;
        }
    }

    /**
     * A subscription has ended.
     *
     * @param id that of {@code unsubscribe}; null if it was not asked for
     * @param pattern what was subscribed
     * @param reason {@code revoked} if it was not asked for, else null
     */
    record Unsubscribed(
            @Nullable Long id,
            TopicPattern pattern,
            @Nullable String reason) implements ServerEnvelope {
        /** The rights do not cover it any more. */
        public static final String REVOKED = "revoked";

        @Override
        public Type type() {
            return Type.UNSUBSCRIBED;
        }
    }

    /**
     * A record is stored.
     *
     * @param id that of {@code publish}
     * @param topic the topic
     * @param position where it stands
     */
    record Published(@Nullable Long id, Topic topic, Position position) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.PUBLISHED;
        }
    }

    /**
     * The new token is in force.
     *
     * @param id that of {@code auth}
     * @param expiresAt when it expires, or null if it does not
     */
    record Authenticated(@Nullable Long id, @Nullable Long expiresAt) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.AUTHENTICATED;
        }
    }

    /**
     * Answers {@code ping}.
     *
     * @param id that of {@code ping}
     * @param timestampMillis the server's clock
     */
    record Pong(@Nullable Long id, long timestampMillis) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.PONG;
        }
    }

    /**
     * Nothing else was sent for a while.
     *
     * @param timestampMillis the server's clock
     */
    record Heartbeat(long timestampMillis) implements ServerEnvelope {
        @Override
        public Type type() {
            return Type.HEARTBEAT;
        }
    }

    /**
     * The server will close the connection.
     *
     * @param reason {@code shutdown}
     * @param reconnectAfterMillis how long this client is asked to wait, different for each
     */
    record Goaway(String reason, long reconnectAfterMillis) implements ServerEnvelope {
        /** The server stops. */
        public static final String SHUTDOWN = "shutdown";

        @Override
        public Type type() {
            return Type.GOAWAY;
        }
    }

    /**
     * A request failed; the session goes on. On the wire its type is {@code error}.
     *
     * @param id that of the request, or null
     * @param code what kind of failure
     * @param message what is wrong and what to do
     * @param retryable whether the same request may succeed later
     */
    record Failure(@Nullable Long id, ErrorCode code, String message, boolean retryable) implements ServerEnvelope {
        /**
         * A failure that is as retryable as its code.
         *
         * @param id that of the request, or null
         * @param code what kind of failure
         * @param message what is wrong and what to do
         */
        public Failure(@Nullable Long id, ErrorCode code, String message) {
            this(id, code, message, code.retryable());
        }

        @Override
        public Type type() {
            return Type.ERROR;
        }
    }
}
