package live.telemetry.server.log;

import live.telemetry.core.TelemetryRecord;

/**
 * The latest record of each key among records that a log did not see, since it began behind them; to be read in their order, and
 * given to the log at the end. Within the bounds of a log's own table. For one thread at a time.
 */
public final class EarlierRecords {

    private final LatestByKey latest;

    EarlierRecords(LatestByKey latest) {
        this.latest = latest;
    }

    /**
     * Adds the next record.
     *
     * @param record the record
     * @param frame its bytes, to which nobody writes any more
     */
    public void add(TelemetryRecord record, byte[] frame) {
        latest.put(record.key(), record.seq(), frame);
    }

    /** They are not wanted after all. */
    public void discard() {
        latest.release();
    }

    LatestByKey latest() {
        return latest;
    }
}
