package live.telemetry.core;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who a session belongs to.
 *
 * @param subject the name that a renewed token must carry as well
 * @param rights what it may subscribe to and publish
 * @param expiresAt when its token expires, as the client is told; null if it does not
 * @param leeway how much longer the session may go on, since clocks differ: the same as at admission; not negative
 */
public record Identity(
        String subject, Rights rights, @Nullable Instant expiresAt, Duration leeway) {

    /**
     * Validates the leeway.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Identity {
        if (leeway.isNegative()) {
            throw new IllegalArgumentException("leeway must not be negative: " + leeway);
        }
    }

    /**
     * An identity without leeway.
     *
     * @param subject the name that a renewed token must carry as well
     * @param rights what it may subscribe to and publish
     * @param expiresAt when the session ends unless it is renewed; null if it does not
     */
    public Identity(String subject, Rights rights, @Nullable Instant expiresAt) {
        this(subject, rights, expiresAt, Duration.ZERO);
    }
}
