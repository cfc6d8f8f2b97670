package live.telemetry.client.transport;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a transport has ended.
 *
 * @param closeCode the close code (RFC 6455 §7.4 and {@code docs/PROTOCOL.md}); {@value #NO_CLOSE_CODE} if the connection
 *     broke, or was never made
 * @param httpStatus the HTTP status with which the connection was refused, or 0
 * @param reason in words, the server's if it gave any
 * @param retryAfter how long the server asks to wait ({@code Retry-After}, RFC 9110 §10.2.3), or null
 * @param reached whether anybody was reached at all; otherwise it is no use to try another transport
 * @param byServer whether a server of ours has decided so, by a close code or an {@code error}; otherwise something before it may
 *     stand in the way of this transport
 */
public record TransportEnd(
        int closeCode,
        int httpStatus,
        String reason,
        @Nullable Duration retryAfter,
        boolean reached,
        boolean byServer) {

    /** The code of a connection that ended without a close frame (RFC 6455 §7.4.1). */
    public static final int NO_CLOSE_CODE = 1006;

    /**
     * A connection to nobody: the name is not known, nobody listens there, or nobody answers.
     *
     * @param reason in words
     * @return the end
     */
    public static TransportEnd unreachable(String reason) {
        return new TransportEnd(NO_CLOSE_CODE, 0, reason, null, false, false);
    }

    /**
     * A connection that broke, or does not do what it should.
     *
     * @param reason in words
     * @return the end
     */
    public static TransportEnd broken(String reason) {
        return new TransportEnd(NO_CLOSE_CODE, 0, reason, null, true, false);
    }

    /**
     * A connection that was closed with a code.
     *
     * @param closeCode the code
     * @param reason in words
     * @return the end
     */
    public static TransportEnd closed(int closeCode, String reason) {
        return new TransportEnd(closeCode, 0, reason, null, true, true);
    }

    /**
     * A connection that was refused before it was made.
     *
     * @param httpStatus for example 401
     * @param reason in words
     * @param retryAfter how long to wait, or null
     * @param byServer whether a server of ours has answered, rather than something before it
     * @return the end
     */
    public static TransportEnd refused(int httpStatus, String reason, @Nullable Duration retryAfter, boolean byServer) {
        return new TransportEnd(NO_CLOSE_CODE, httpStatus, reason, retryAfter, true, byServer);
    }
}
