package live.telemetry.server.session;

/**
 * Bounds of one session.
 *
 * @param maxSubscriptions topics and patterns that it may subscribe to
 * @param maxTopics topics that these may come to together
 * @param maxRequestsInFlight requests that wait for the broadcaster or the authenticator, and resyncs that are not answered
 *     yet; at the bound the session reads no further request
 * @param maxResyncRecords numbers that one resync may ask for
 * @param maxResyncBytes bytes that one resync is answered with; at least one record
 */
public record SessionLimits(
        int maxSubscriptions, int maxTopics, int maxRequestsInFlight, int maxResyncRecords, int maxResyncBytes) {}
