package live.telemetry.server.node;

/**
 * Counts and sizes of a node.
 *
 * @param topics topics that the node knows
 * @param records records appended to a log since the start
 * @param missedRecords records that could not be kept
 * @param retainedBytes memory in use by the logs
 * @param reservedBytes memory that the logs have taken from the system
 * @param reclaimedBytes memory that was taken from logs because the budget was used up
 * @param latestBytes heap in use by the latest records of each key
 * @param derivedBytes heap in use by records in other framings than that of the logs
 * @param historyBytes heap in use by pages of the broadcaster's history
 * @param droppedKeys keys whose latest record was dropped at a bound
 * @param droppedPages pages of history that were dropped because there was no room
 */
public record NodeStats(
        int topics,
        long records,
        long missedRecords,
        long retainedBytes,
        long reservedBytes,
        long reclaimedBytes,
        long latestBytes,
        long derivedBytes,
        long historyBytes,
        long droppedKeys,
        long droppedPages) {}
