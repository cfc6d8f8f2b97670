package live.telemetry.client;

import java.time.Duration;
import java.util.Optional;
import live.telemetry.client.transport.TransportKind;

/**
 * Where a client stands, and what it has counted since it was built.
 *
 * @param state the state now
 * @param transport what the client is connected by
 * @param roundTrip how long the server took to answer the last ping on this connection, in whole milliseconds
 * @param records records handed to listeners, once for each subscription that matches
 * @param repaired those of them that had been passed over, and were got by {@code resync}
 * @param duplicatesDropped records that came again and were dropped
 * @param gaps gaps told to listeners
 * @param recordsLost records that those gaps name and that the listener has not seen
 * @param resyncs how often missing records were asked for
 * @param resubscriptions how often a topic was begun anew because {@code resync} could not help
 * @param heldBackOverflows how often more was held back for a repair than is allowed, and dropped to be sent again
 * @param reconnects connections after the first one
 * @param takeOvers how often the client has gone over to a better transport
 * @param probes how often a better transport was tried in the background
 * @param tokenRenewals tokens that were renewed on a live connection
 * @param listenerFailures exceptions that listeners have thrown
 * @param undecodableMessages messages that were not understood, for instance envelopes of a newer protocol
 */
public record ClientStats(
        ClientState state,
        Optional<TransportKind> transport,
        Optional<Duration> roundTrip,
        long records,
        long repaired,
        long duplicatesDropped,
        long gaps,
        long recordsLost,
        long resyncs,
        long resubscriptions,
        long heldBackOverflows,
        long reconnects,
        long takeOvers,
        long probes,
        long tokenRenewals,
        long listenerFailures,
        long undecodableMessages) {}
