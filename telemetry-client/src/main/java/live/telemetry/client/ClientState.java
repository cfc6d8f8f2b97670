package live.telemetry.client;

/** Where a {@link TelemetryClient} stands. */
public enum ClientState {
    /** {@link TelemetryClient#connect()} has not been called. */
    NEW,
    /** An attempt to connect is under way. */
    CONNECTING,
    /** The server has welcomed this client; subscriptions are live. */
    CONNECTED,
    /** The connection is lost, or an attempt has failed; the next attempt follows by itself. */
    WAITING,
    /**
     * The server refuses this client: a fresh token was refused after another one, or the application there disconnected it
     * (4403, HTTP 403). There are no further attempts until {@link TelemetryClient#connect()} is called again.
     */
    UNAUTHORIZED,
    /** Closed by {@link TelemetryClient#close()}, or by the server with 4400: it could not understand this client. Final. */
    CLOSED
}
