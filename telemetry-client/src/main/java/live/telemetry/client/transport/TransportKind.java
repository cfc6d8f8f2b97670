package live.telemetry.client.transport;

/** The ways in which envelopes can travel, from the best to the one that gets through nearly everywhere. */
public enum TransportKind {
    /** One WebSocket (RFC 6455) for both directions. */
    WEBSOCKET,
    /** Server-Sent Events for what the server sends, and a request for each thing that the client does. */
    SSE,
    /** One request after another, each answered as soon as there is something. */
    LONG_POLL
}
