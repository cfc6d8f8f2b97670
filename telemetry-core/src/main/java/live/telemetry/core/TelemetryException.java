package live.telemetry.core;

/** Every error of this library: a message that says what to do, and the code under which the protocol names it. */
public class TelemetryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /**
     * An error without another behind it.
     *
     * @param code how the protocol names it
     * @param message what is wrong and what to do; no secrets, since it may be sent to the peer
     */
    public TelemetryException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * An error that another one brought about.
     *
     * @param code how the protocol names it
     * @param message what is wrong and what to do; no secrets, since it may be sent to the peer
     * @param cause the error behind it
     */
    public TelemetryException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /**
     * How the protocol names it.
     *
     * @return the code
     */
    public ErrorCode code() {
        return code;
    }

    /**
     * Whether the same request may succeed later.
     *
     * @return true if it is worth trying again
     */
    public boolean retryable() {
        return code.retryable();
    }
}
