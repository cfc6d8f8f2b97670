package live.telemetry.client;

/**
 * Where a {@link TelemetryClient} stands.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>from</th><th>by</th><th>to</th></tr>
 * <tr><td>{@code NEW}, {@code UNAUTHORIZED}</td><td>{@link TelemetryClient#connect()}</td><td>{@code CONNECTING}</td></tr>
 * <tr><td>{@code CONNECTING}</td><td>{@code welcome}</td><td>{@code CONNECTED}</td></tr>
 * <tr><td>{@code CONNECTING}, {@code CONNECTED}</td><td>refused, failed, timed out, lost, {@code goaway}</td>
 *     <td>{@code WAITING}</td></tr>
 * <tr><td>{@code WAITING}</td><td>the wait is over</td><td>{@code CONNECTING}</td></tr>
 * <tr><td>{@code CONNECTING}, {@code CONNECTED}</td><td>4403, HTTP 403 by the server; 4401 or HTTP 401 twice in a row</td>
 *     <td>{@code UNAUTHORIZED}</td></tr>
 * <tr><td>{@code CONNECTED}</td><td>4400</td><td>{@code CLOSED}</td></tr>
 * <tr><td>any</td><td>{@link TelemetryClient#close()}</td><td>{@code CLOSED}</td></tr>
 * </table>
 */
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
     * (4403, or HTTP 403 that is not a proxy's). There are no further attempts until {@link TelemetryClient#connect()} is called
     * again.
     */
    UNAUTHORIZED,
    /** Closed by {@link TelemetryClient#close()}, or by the server with 4400: it could not understand this client. Final. */
    CLOSED
}
