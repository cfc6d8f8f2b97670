package live.telemetry.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who a session belongs to.
 *
 * @param subject the name that a renewed token must carry as well
 * @param rights what it may subscribe to and publish
 * @param expiresAt when the session ends unless it is renewed; null if it does not expire
 */
public record Identity(
        String subject, Rights rights, @Nullable Instant expiresAt) {}
