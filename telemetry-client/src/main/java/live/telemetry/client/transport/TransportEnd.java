package live.telemetry.client.transport;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a transport has ended.
 *
 * @param closeCode the close code (RFC 6455 §7.4 and {@code docs/PROTOCOL.md}); {@value #NO_CLOSE_CODE} if the connection
 *     broke, or was never made
 * @param httpStatus the HTTP status with which the server refused the connection, or 0
 * @param reason in words, the server's if it gave any
 * @param retryAfter how long the server asks to wait ({@code Retry-After}, RFC 9110 §10.2.3), or null
 */
public record TransportEnd(
        int closeCode,
        int httpStatus,
        String reason,
        @Nullable Duration retryAfter) {

    /** The code of a connection that ended without a close frame (RFC 6455 §7.4.1). */
    public static final int NO_CLOSE_CODE = 1006;

    /**
     * A connection that broke, or was never made.
     *
     * @param reason in words
     * @return the end
     */
    public static TransportEnd broken(String reason) {
        return new TransportEnd(NO_CLOSE_CODE, 0, reason, null);
    }

    /**
     * A connection that was closed with a code.
     *
     * @param closeCode the code
     * @param reason in words
     * @return the end
     */
    public static TransportEnd closed(int closeCode, String reason) {
        return new TransportEnd(closeCode, 0, reason, null);
    }

    /**
     * A connection that the server refused before it was made.
     *
     * @param httpStatus for example 401
     * @param reason in words
     * @param retryAfter how long the server asks to wait, or null
     * @return the end
     */
    public static TransportEnd refused(int httpStatus, String reason, @Nullable Duration retryAfter) {
        return new TransportEnd(NO_CLOSE_CODE, httpStatus, reason, retryAfter);
    }
}
