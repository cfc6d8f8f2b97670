package live.telemetry.tck.proxy;

/**
 * What becomes of a connection that began with an HTTP request.
 *
 * @param kind what is done
 * @param response the whole response of {@link Kind#ANSWER}, head and body; else empty
 */
public record Treatment(Kind kind, String response) {

    /** The kinds of treatment. */
    public enum Kind {
        /** The request reaches the server, and its response the client. */
        PASS,
        /** Nobody answers; the server hears nothing of it. */
        SWALLOW,
        /** The proxy answers and ends the stream; the server hears nothing of it. */
        ANSWER,
        /**
         * The head of the response reaches the client, and after it nothing passes in either direction. An upgrade thus
         * succeeds and stays silent.
         */
        BLACK_HOLE_AFTER_HEAD,
        /**
         * The head of the response reaches the client, and what follows is held back until the server ends the stream or
         * {@link ProxiedConnection#BUFFERED_BYTES} have gathered, as a buffering proxy does with a stream of events.
         */
        BUFFER
    }

    /** {@link Kind#PASS}. */
    public static final Treatment PASS = new Treatment(Kind.PASS, "");

    /** {@link Kind#SWALLOW}. */
    public static final Treatment SWALLOW = new Treatment(Kind.SWALLOW, "");

    /** {@link Kind#BLACK_HOLE_AFTER_HEAD}. */
    public static final Treatment BLACK_HOLE_AFTER_HEAD = new Treatment(Kind.BLACK_HOLE_AFTER_HEAD, "");

    /** {@link Kind#BUFFER}. */
    public static final Treatment BUFFER = new Treatment(Kind.BUFFER, "");

    /** The answer of a proxy that does not know upgrades. */
    public static final Treatment BAD_REQUEST =
            answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    /**
     * An answer in the server's place.
     *
     * @param response the whole response, head and body, with {@code Connection: close}
     * @return the treatment
     */
    public static Treatment answer(String response) {
        return new Treatment(Kind.ANSWER, response);
    }
}
