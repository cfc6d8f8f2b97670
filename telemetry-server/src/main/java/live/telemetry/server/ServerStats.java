package live.telemetry.server;

import live.telemetry.core.Broadcaster;
import live.telemetry.server.sampling.SamplerStats;

/**
 * What a server has done and holds, at one moment. What counts events counts from {@link TelemetryServer#start()}.
 *
 * @param broadcaster how the broadcaster is
 * @param connections open connections
 * @param sessions open sessions: of WebSocket connections and of streams
 * @param streams those of them that are streams of Server-Sent Events
 * @param heldPolls polls that wait for their answer
 * @param polls polls that were begun
 * @param acceptedConnections connections that were accepted
 * @param refusedConnections connections that were refused because there were too many
 * @param failedHandshakes TLS handshakes that the peer did not finish, or not as it should
 * @param refusedTokens tokens that were refused
 * @param topics topics that this node knows
 * @param records records that were appended to this node's logs
 * @param missedRecords records that this node could not keep; readers were told by a gap
 * @param deliveries records that were handed to a session's connection
 * @param gaps gaps that were told to sessions
 * @param resyncs resyncs that were answered
 * @param malformedMessages messages that were not understood
 * @param refusedTopics topics that a session did not get because it has as many as it may
 * @param retainedBytes memory in use by the logs
 * @param reclaimedBytes memory that was taken from logs because the budget was used up
 * @param latestBytes heap in use by the latest records of each key, of all topics
 * @param framedBytes heap in use by records that are kept in other framings than that of the logs
 * @param historyBytes heap in use by pages of the broadcaster's history that sessions read
 * @param droppedKeys keys whose latest record was dropped at a bound
 * @param droppedPages pages of history that were dropped because there was no room; who still read in one asked again
 * @param bytesWritten bytes that sockets took
 * @param writes system calls by which they took them
 * @param droppedEvents events that the listener did not get because it is too slow
 * @param listenerFailures exceptions of the listener
 * @param sampling how the metric sources fare
 */
public record ServerStats(
        Broadcaster.State broadcaster,
        int connections,
        int sessions,
        int streams,
        int heldPolls,
        long polls,
        long acceptedConnections,
        long refusedConnections,
        long failedHandshakes,
        long refusedTokens,
        int topics,
        long records,
        long missedRecords,
        long deliveries,
        long gaps,
        long resyncs,
        long malformedMessages,
        long refusedTopics,
        long retainedBytes,
        long reclaimedBytes,
        long latestBytes,
        long framedBytes,
        long historyBytes,
        long droppedKeys,
        long droppedPages,
        long bytesWritten,
        long writes,
        long droppedEvents,
        long listenerFailures,
        SamplerStats sampling) {}
