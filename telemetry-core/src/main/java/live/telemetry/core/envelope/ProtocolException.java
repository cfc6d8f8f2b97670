package live.telemetry.core.envelope;

import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;

/** A message that is not a valid envelope. */
public final class ProtocolException extends TelemetryException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Long id;

    ProtocolException(ErrorCode code, String message, @Nullable Long id, @Nullable Throwable cause) {
        super(code, message);
        if (cause != null) {
            initCause(cause);
        }
        this.id = id;
    }

    /**
     * The id of the message, so that the answer can name it.
     *
     * @return the id, or null if the message had none that could be read
     */
    public @Nullable Long id() {
        return id;
    }
}
