package live.telemetry.client;

import live.telemetry.core.ErrorCode;

/**
 * The server reported an error that answers no particular request.
 *
 * @param code what kind of error
 * @param message the server's words
 */
public record ServerError(ErrorCode code, String message) {}
