package live.telemetry.client.transport.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends requests over HTTP: the seam between an emulated session and sockets. */
interface HttpCalls {

    /**
     * Sends a request. On the session's thread.
     *
     * @param listener is told what comes back, on the session's thread, until {@link CallListener#onEnd} or the call is cancelled
     */
    HttpCall send(HttpAsk ask, CallListener listener);

    /** Cancels everything, and whatever is sent from now on. Any thread. */
    void close();

    /**
     * A request.
     *
     * @param resource below the endpoint, such as {@code events}
     * @param body JSON to be posted, or null for {@code GET}
     * @param token to be presented, or null for none
     * @param accept the media type that is expected
     * @param timeout until the head of the answer
     */
    record HttpAsk(
            String resource,
            @Nullable String body,
            @Nullable String token,
            String accept,
            Duration timeout) {

        /** The media type of everything but streams. */
        static final String JSON = "application/json";

        /** Never shows the token, so that it cannot reach a log. */
        @Override
        public String toString() {
            return "HttpAsk[resource=" + resource + ", token=" + (token == null ? "none" : "***") + ']';
        }
    }

    /** A request that is under way. Only on the session's thread. */
    interface HttpCall {

        /** Reads nothing more of the answer, until {@link #resume}; what has been read already may still come. */
        void pause();

        /** Reads on. */
        void resume();

        /** Gives it up; nothing is told any more. */
        void cancel();
    }

    /** Is told of an answer. May block, which makes the call stop reading. */
    interface CallListener {

        /** The head has come. */
        void onHead(HttpHead head);

        /**
         * A part of the body has come.
         *
         * @return false to give the call up; nothing is told any more
         */
        boolean onBytes(ByteBuffer bytes);

        /**
         * It is over.
         *
         * @param failure null if the answer came to its end
         */
        void onEnd(@Nullable CallFailure failure);
    }

    /**
     * Why an answer did not come, or not whole.
     *
     * @param reason in words
     * @param reached whether anybody accepted the connection
     */
    record CallFailure(String reason, boolean reached) {}

    /**
     * The head of an answer, as far as it matters.
     *
     * @param status the HTTP status
     * @param contentType in lower case, with its parameters; empty if there is none
     * @param retryAfter what {@code Retry-After} asks for, or null
     * @param dateMillis the server's clock by {@code Date}, which has whole seconds; null if it told none
     */
    record HttpHead(
            int status,
            String contentType,
            @Nullable Duration retryAfter,
            @Nullable Long dateMillis) {

        boolean isOf(String mediaType) {
            return contentType.equals(mediaType) || contentType.startsWith(mediaType + ';');
        }
    }
}
