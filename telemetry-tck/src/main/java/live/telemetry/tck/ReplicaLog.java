package live.telemetry.tck;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;

/**
 * What a node knows of one topic: everything that happened, and where it stands.
 *
 * @param topic the topic
 * @param position the newest position; {@link Position#NONE} if it has no record
 * @param entries what happened, oldest first
 */
public record ReplicaLog(Topic topic, Position position, List<LogEntry> entries) {

    /**
     * Copies the entries.
     *
     * @param topic the topic
     * @param position the newest position
     * @param entries oldest first
     */
    public ReplicaLog {
        entries = List.copyOf(entries);
    }

    /**
     * Every record that the node appended, also those that were lost afterwards.
     *
     * @return the records in the order of their arrival
     */
    public List<TelemetryRecord> received() {
        List<TelemetryRecord> records = new ArrayList<>();
        for (LogEntry entry : entries) {
            if (entry instanceof LogEntry.Received received) {
                records.add(received.record());
            }
        }
        return records;
    }

    /**
     * Every explicit loss.
     *
     * @return the losses, oldest first
     */
    public List<LogEntry.Lost> losses() {
        List<LogEntry.Lost> losses = new ArrayList<>();
        for (LogEntry entry : entries) {
            if (entry instanceof LogEntry.Lost lost) {
                losses.add(lost);
            }
        }
        return losses;
    }

    /**
     * The records that count now: those that no later loss took away again.
     *
     * @return the records in ascending order, contiguous except where a loss lies between
     */
    public List<TelemetryRecord> valid() {
        List<TelemetryRecord> records = new ArrayList<>();
        for (LogEntry entry : entries) {
            if (entry instanceof LogEntry.Received received) {
                records.add(received.record());
            } else if (entry instanceof LogEntry.Lost lost && lost.reason() == GapReason.EPOCH_CHANGED) {
                records.clear();
            } else if (entry instanceof LogEntry.Lost lost && lost.reason() == GapReason.ROLLED_BACK) {
                records.removeIf(record -> record.seq() >= lost.from());
            }
        }
        return records;
    }
}
