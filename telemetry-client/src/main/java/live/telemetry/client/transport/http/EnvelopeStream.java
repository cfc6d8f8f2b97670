package live.telemetry.client.transport.http;

import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;

/** The envelopes of one set of subscriptions, however they come. Only on the session's thread. */
interface EnvelopeStream {

    /** Reads nothing more, until {@link #resume}; what has been read already may still come. */
    void pause();

    /** Reads on. */
    void resume();

    /** Gives it up; nothing is told any more. */
    void cancel();

    /** A way in which envelopes come. */
    @FunctionalInterface
    interface Kind {

        /**
         * Opens a stream.
         *
         * @param token to be presented, or null for none
         */
        EnvelopeStream open(HttpCalls calls, @Nullable String token, Bodies bodies, Listener listener);
    }

    /** What a stream asks for. */
    interface Bodies {

        /** The body of a first request. */
        String first(int waitSeconds);

        /** The body of a poll that goes on; null if the cursor does not say all that is needed. */
        @Nullable
        String next(String cursor, int waitSeconds);
    }

    /** Is told what comes. May block, which makes the stream stop reading. */
    interface Listener {

        /** The server serves it; called once, first. */
        void accepted(Welcome welcome);

        /**
         * An envelope.
         *
         * @param text the same as text
         * @return false if it is about a topic of which nobody has said where it begins
         */
        boolean received(ServerEnvelope envelope, String text);

        /** Something else that shows that the peer is alive. */
        void heard();

        /** It was not accepted, or has ended. */
        void ended(StreamEnd end);
    }
}
