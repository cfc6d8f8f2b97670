package live.telemetry.core;

/** A token that is not accepted. */
public final class AuthenticationException extends TelemetryException {

    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param message why, in words that may be sent to the peer
     */
    public AuthenticationException(String message) {
        super(ErrorCode.UNAUTHENTICATED, message);
    }

    /**
     * A refusal that another error brought about.
     *
     * @param message why, in words that may be sent to the peer
     * @param cause the error behind it, which is not sent
     */
    public AuthenticationException(String message, Throwable cause) {
        super(ErrorCode.UNAUTHENTICATED, message, cause);
    }
}
