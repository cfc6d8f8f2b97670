package live.telemetry.client;

/** Where a {@link Subscription} stands. */
public enum SubscriptionState {
    /** Not on the wire: the client is not connected, or the server has not answered yet. */
    PENDING,
    /** The server has accepted it on the present connection. */
    LIVE,
    /** Refused or revoked by the server, as {@link RecordListener#onEnd} was told. Final. */
    REFUSED,
    /** Closed by the application, or with its client. Final. */
    CLOSED
}
