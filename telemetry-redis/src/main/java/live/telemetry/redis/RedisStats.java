package live.telemetry.redis;

/**
 * What a {@link RedisBroadcaster} has done since it was made.
 *
 * @param waitingPublishes publishes that have no answer yet
 * @param waitingBytes their size
 * @param stored records stored
 * @param batches script calls that stored them
 * @param repeatedBatches batches that were sent again, since no answer came or Redis refused them for the moment
 * @param failedPublishes publishes that failed, most of them because {@code publishTimeout} was over
 * @param refusedPublishes publishes that failed at once, because the buffer was full
 * @param messages messages received
 * @param droppedMessages messages dropped because {@code feedBuffer} was full; their records are read from the stream
 * @param unreadableMessages messages that could not be read, and were skipped
 * @param unreadableRecords records that could not be read, and were skipped; readers get a gap
 * @param holes records that did not follow, or were of another epoch, and made a repair necessary
 * @param repairs pages that repairs have read from streams
 * @param lostTails partitions whose last message was found to be lost
 * @param resyncs comparisons of all heads of a partition
 * @param refusedCalls calls of history and topics that failed at once, because too many waited
 * @param reconnects connections that were made again
 * @param redirects answers of a Redis Cluster that something is, or is being moved, elsewhere
 * @param sinkErrors exceptions that the sink threw
 */
public record RedisStats(
        int waitingPublishes,
        long waitingBytes,
        long stored,
        long batches,
        long repeatedBatches,
        long failedPublishes,
        long refusedPublishes,
        long messages,
        long droppedMessages,
        long unreadableMessages,
        long unreadableRecords,
        long holes,
        long repairs,
        long lostTails,
        long resyncs,
        long refusedCalls,
        long reconnects,
        long redirects,
        long sinkErrors) {}
