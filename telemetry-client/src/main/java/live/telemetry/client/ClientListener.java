package live.telemetry.client;

/**
 * Is told about the connection. Called on a thread of the client, or on the executor given
 * to {@link TelemetryClientBuilder#listenerExecutor}, one call at a time. What it throws is counted and logged.
 */
public interface ClientListener {

    /**
     * The client's state has changed.
     *
     * @param change from which state to which, and why
     */
    default void onStateChange(StateChange change) {}

    /**
     * The server reported an error that answers no request, for instance that a topic of a pattern is more than the session
     * may have.
     *
     * @param error what it said
     */
    default void onServerError(ServerError error) {}
}
