package live.telemetry.client;

/**
 * What a client has counted since it was built.
 *
 * @param records records handed to listeners
 * @param duplicatesDropped records that came again and were dropped
 * @param gaps gaps told to listeners
 * @param recordsLost records that those gaps name and that no listener has seen
 * @param resubscriptions how often a subscription was begun anew because its records did not follow each other
 * @param reconnects connections after the first one
 * @param listenerFailures exceptions that listeners have thrown
 * @param undecodableMessages messages that were not understood, for instance envelopes of a newer protocol
 */
public record ClientStats(
        long records,
        long duplicatesDropped,
        long gaps,
        long recordsLost,
        long resubscriptions,
        long reconnects,
        long listenerFailures,
        long undecodableMessages) {}
