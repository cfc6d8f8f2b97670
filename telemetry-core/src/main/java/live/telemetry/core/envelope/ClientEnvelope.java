package live.telemetry.core.envelope;

import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends. Every {@code id} is chosen by the client, from 0 to 2<sup>53</sup>−1, and comes back in the answer;
 * null where the client does not care.
 */
public sealed interface ClientEnvelope extends Envelope {

    /** The types, for an exhaustive switch. */
    enum Type {
        /** {@link Subscribe}. */
        SUBSCRIBE,
        /** {@link Unsubscribe}. */
        UNSUBSCRIBE,
        /** {@link Resync}. */
        RESYNC,
        /** {@link Publish}. */
        PUBLISH,
        /** {@link Auth}. */
        AUTH,
        /** {@link Ping}. */
        PING
    }

    /**
     * Which one it is.
     *
     * @return the type
     */
    Type type();

    /**
     * The id that comes back in the answer.
     *
     * @return from 0 to 2<sup>53</sup>−1, or null
     */
    @Nullable
    Long id();

    /**
     * Begins a subscription.
     *
     * @param id comes back in {@code subscribed} or {@code error}
     * @param pattern a topic or a pattern
     * @param since where to begin
     * @param mode every record, or the latest of each key at each tick
     */
    record Subscribe(@Nullable Long id, TopicPattern pattern, Since since, Mode mode) implements ClientEnvelope {
        /**
         * Validates the combination.
         *
         * @throws IllegalArgumentException if positions by topic are given for a single topic
         */
        public Subscribe {
            if (pattern.isExact() && since instanceof Since.Positions) {
                throw new IllegalArgumentException(
                        "\"positions\" fits only a pattern; a topic has {\"epoch\",\"seq\"}");
            }
            if (!pattern.isExact() && since instanceof Since.After) {
                throw new IllegalArgumentException(
                        "{\"epoch\",\"seq\"} fits only a topic; a pattern has \"positions\"");
            }
        }

        @Override
        public Type type() {
            return Type.SUBSCRIBE;
        }
    }

    /**
     * Ends a subscription.
     *
     * @param id comes back in {@code unsubscribed} or {@code error}
     * @param pattern what was subscribed
     */
    record Unsubscribe(@Nullable Long id, TopicPattern pattern) implements ClientEnvelope {
        @Override
        public Type type() {
            return Type.UNSUBSCRIBE;
        }
    }

    /**
     * Asks for missing records, with or without a subscription.
     *
     * @param id comes back in {@code resyncing}, {@code resynced}, {@code gap} or {@code error}
     * @param topic the topic
     * @param epoch the epoch in which the numbers count
     * @param from the first number, at least 1
     * @param to the last number, at least {@code from}
     */
    record Resync(@Nullable Long id, Topic topic, String epoch, long from, long to) implements ClientEnvelope {
        /**
         * Validates the range.
         *
         * @throws IllegalArgumentException if it is empty or begins below 1
         */
        public Resync {
            if (from < 1 || to < from) {
                throw new IllegalArgumentException(
                        "a resync goes from at least 1 to at least that, not from " + from + " to " + to);
            }
        }

        @Override
        public Type type() {
            return Type.RESYNC;
        }
    }

    /**
     * Publishes a record.
     *
     * @param id comes back in {@code published} or {@code error}
     * @param topic where to
     * @param key see {@link Publication#key()}
     * @param data any JSON value
     */
    record Publish(@Nullable Long id, Topic topic, @Nullable String key, JsonData data) implements ClientEnvelope {
        /**
         * Validates the key.
         *
         * @throws live.telemetry.core.TelemetryException with {@code BAD_REQUEST} if it is empty or too long
         */
        public Publish {
            Publication.requireValidKey(key);
        }

        @Override
        public Type type() {
            return Type.PUBLISH;
        }
    }

    /**
     * Renews the token of the session.
     *
     * @param id comes back in {@code authenticated} or {@code error}
     * @param token the new one
     */
    record Auth(@Nullable Long id, String token) implements ClientEnvelope {
        @Override
        public Type type() {
            return Type.AUTH;
        }

        /** Never shows the token, so that it cannot reach a log. */
        @Override
        public String toString() {
            return "Auth[id=" + id + ", token=***]";
        }
    }

    /**
     * Asks for a {@code pong}.
     *
     * @param id comes back in it
     */
    record Ping(@Nullable Long id) implements ClientEnvelope {
        @Override
        public Type type() {
            return Type.PING;
        }
    }
}
