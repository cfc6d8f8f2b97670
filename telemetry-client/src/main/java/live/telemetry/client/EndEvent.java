package live.telemetry.client;

import live.telemetry.core.ErrorCode;

/**
 * A subscription has ended without {@link Subscription#close()}: the server refused it, or revoked it.
 *
 * @param subscription the one that has ended
 * @param code why; {@code FORBIDDEN} for one that was revoked
 * @param message the server's words
 */
public record EndEvent(Subscription subscription, ErrorCode code, String message) {}
