package live.telemetry.server.session;

/** Why a session ends, with the WebSocket close code that {@code docs/PROTOCOL.md} gives it. */
public enum CloseReason {
    /** The peer said good-bye. */
    NORMAL(1000, "bye"),
    /** The server stops. */
    GOING_AWAY(1001, "the server is going away"),
    /** The peer broke RFC 6455. */
    FRAMING(1002, "not a valid WebSocket frame"),
    /** Only text is spoken here. */
    BINARY(1003, "binary frames are not understood"),
    /** Text that is not UTF-8. */
    NOT_UTF8(1007, "text must be UTF-8"),
    /** A message above the limit. */
    TOO_BIG(1009, "the message is too big"),
    /** A fault of the server. */
    INTERNAL(1011, "internal error"),
    /** Message after message was not understood. */
    BAD_REQUEST(4400, "too many messages were not understood"),
    /** The token has expired. */
    UNAUTHENTICATED(4401, "the token has expired"),
    /** Disconnected by the application. */
    FORBIDDEN(4403, "disconnected by the application"),
    /** The peer does not answer, or takes nothing. */
    TIMEOUT(4408, "the peer does not answer");

    private final int code;
    private final String text;

    CloseReason(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The WebSocket close code. */
    public int code() {
        return code;
    }

    /** What the close frame says, in at most 123 bytes. */
    public String text() {
        return text;
    }
}
