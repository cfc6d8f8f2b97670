package live.telemetry.core;

import java.util.List;

/**
 * What a broadcaster knows of the records after a position.
 *
 * @param continuity how the position relates to what there is
 * @param head the newest position of the topic now; {@link Position#NONE} if it has no record
 * @param next the number, in the epoch of {@code head}, of the first record after the position that can still be read; 1
 *     beyond the head's if there is none
 * @param records contiguous from {@code next} on, at most as many as were asked for; empty also where the broadcaster
 *     leaves all history to the node's log
 */
public record History(Continuity continuity, Position head, long next, List<TelemetryRecord> records) {

    /** How a position relates to the history that there is. */
    public enum Continuity {
        /** The record after the position is {@code next}; nothing is lost, even if the epoch is another by now. */
        CONTINUES,
        /** The records between the position and {@code next} were dropped by retention. */
        EXPIRED,
        /** The position's history was lost as a whole. */
        EPOCH_CHANGED,
        /**
         * The position lies above what was kept of its epoch: the store lost its newest records. Here {@code next} is one
         * beyond what was kept, so never above the position, whether or not that record can still be read: if retention has
         * dropped it, there are no records, and the next question, from {@code next} − 1 in the head's epoch, is answered
         * {@code EXPIRED}.
         */
        ROLLED_BACK
    }

    /** Copies the records. */
    public History {
        records = List.copyOf(records);
    }
}
