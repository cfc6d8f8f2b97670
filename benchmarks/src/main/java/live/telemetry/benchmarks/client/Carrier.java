package live.telemetry.benchmarks.client;

/** What carries records to a reader. */
public enum Carrier {
    /** A WebSocket (RFC 6455), of any server. */
    WEB_SOCKET,
    /** Server-Sent Events. */
    EVENT_STREAM,
    /** One long poll after the other on one connection. */
    LONG_POLL
}
