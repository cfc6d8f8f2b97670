package live.telemetry.examples.cluster;

import java.util.HashMap;
import java.util.Map;
import live.telemetry.client.GapEvent;
import live.telemetry.client.RecordListener;
import live.telemetry.core.TelemetryRecord;

/** Counts what a listener is told, and what it should have been told: numbers that were passed over, or came twice. */
final class SequenceCheck implements RecordListener {

    // Guarded by this.
    private final Map<String, Long> last = new HashMap<>();
    private long records;
    private long missing;
    private long duplicates;

    /**
     * What has come so far.
     *
     * @param records how many
     * @param missing numbers that did not come though a later one has, told by a gap or not
     * @param duplicates records that had come before
     */
    record Count(long records, long missing, long duplicates) {

        Count withMissing(long more) {
            return new Count(records, missing + more, duplicates);
        }

        boolean flawless() {
            return missing == 0 && duplicates == 0;
        }

        @Override
        public String toString() {
            return "%,d records, %d missing, %d duplicates".formatted(records, missing, duplicates);
        }
    }

    @Override
    public synchronized void onRecord(TelemetryRecord record) {
        records++;
        long before = last.getOrDefault(record.topic().name(), 0L);
        if (record.seq() <= before) {
            duplicates++;
            return;
        }
        missing += record.seq() - before - 1;
        last.put(record.topic().name(), record.seq());
    }

    @Override
    public synchronized void onGap(GapEvent gap) {
        missing += gap.size();
        last.put(gap.topic().name(), gap.position().seq());
    }

    synchronized Count count() {
        return new Count(records, missing, duplicates);
    }

    /** The number that a topic has come to; 0 before its first record. */
    synchronized long last(String topic) {
        return last.getOrDefault(topic, 0L);
    }
}
