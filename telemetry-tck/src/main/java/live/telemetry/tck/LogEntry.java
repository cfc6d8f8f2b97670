package live.telemetry.tck;

import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.GapReason;

/** One thing that happened to a topic on a node, in the order in which the node's readers would see it. */
public sealed interface LogEntry {

    /**
     * A record was appended.
     *
     * @param epoch the epoch in which the node holds it
     * @param record the record
     */
    record Received(String epoch, TelemetryRecord record) implements LogEntry {}

    /**
     * Records are gone, and the readers are told. The entries before it that are no longer valid: none for {@code EXPIRED};
     * those with numbers from {@code from} on for {@code ROLLED_BACK}; all for {@code EPOCH_CHANGED}.
     *
     * @param reason why they are gone
     * @param previousEpoch the epoch before this entry; for {@code EXPIRED} the same as {@code epoch}
     * @param from the first number that is gone; for {@code ROLLED_BACK} it counts in the previous epoch
     * @param to the last one; {@code from} − 1 if only the epoch ended
     * @param epoch the epoch in which the log goes on; empty if the topic has no record now
     * @param next the number with which it goes on
     */
    record Lost(GapReason reason, String previousEpoch, long from, long to, String epoch, long next)
            implements LogEntry {}

    /**
     * The log goes on in another epoch, with nothing lost.
     *
     * @param previousEpoch the epoch before; empty if the node had no record yet
     * @param epoch the epoch from now on
     * @param seq the number behind which it goes on
     */
    record Continued(String previousEpoch, String epoch, long seq) implements LogEntry {}
}
