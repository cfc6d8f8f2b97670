package live.telemetry.core;

/** The error codes of the protocol, with the HTTP status that goes with each. */
public enum ErrorCode {
    /** Not understood: no JSON object, a field missing or out of bounds. */
    BAD_REQUEST(400, false),
    /** An envelope of a type that this side does not know. */
    UNKNOWN_TYPE(400, false),
    /** A topic or pattern that breaks the grammar. */
    BAD_TOPIC(400, false),
    /** No token, or one that is not accepted. */
    UNAUTHENTICATED(401, false),
    /** The token does not cover this. */
    FORBIDDEN(403, false),
    /** The same topic or pattern twice in one session. */
    ALREADY_SUBSCRIBED(400, false),
    /** Nothing to unsubscribe. */
    NOT_SUBSCRIBED(400, false),
    /** More topics or subscriptions than a session, a cursor or the server takes. */
    TOO_MANY_TOPICS(400, false),
    /** A resync for more than the server answers at once; ask again in parts. */
    RANGE_TOO_LARGE(400, false),
    /** A record above the server's limit. */
    RECORD_TOO_LARGE(413, false),
    /** Slow down. */
    TOO_MANY_REQUESTS(429, true),
    /** The store is away; try again. */
    UNAVAILABLE(503, true),
    /** A fault of the server; its log has the details. */
    INTERNAL(500, false),
    /** No such path. */
    NOT_FOUND(404, false),
    /** The path is there, the method is not. */
    METHOD_NOT_ALLOWED(405, false),
    /** The request did not arrive in time. */
    REQUEST_TIMEOUT(408, true),
    /** A feature of HTTP that this server does not have. */
    NOT_IMPLEMENTED(501, false),
    /** The path speaks WebSocket only. */
    UPGRADE_REQUIRED(426, false),
    /** The head of the request is too large. */
    HEAD_TOO_LARGE(431, false),
    /** The body of the request is too large. */
    BODY_TOO_LARGE(413, false),
    /** The server has as many connections as it takes; see {@code Retry-After}. */
    TOO_MANY_CONNECTIONS(503, true);

    private final int httpStatus;
    private final boolean retryable;

    ErrorCode(int httpStatus, boolean retryable) {
        this.httpStatus = httpStatus;
        this.retryable = retryable;
    }

    /**
     * The status with which an HTTP answer carries this code.
     *
     * @return for example 401
     */
    public int httpStatus() {
        return httpStatus;
    }

    /**
     * Whether the same request may succeed later.
     *
     * @return true if it is worth trying again
     */
    public boolean retryable() {
        return retryable;
    }
}
