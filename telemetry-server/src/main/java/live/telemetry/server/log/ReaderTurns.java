package live.telemetry.server.log;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells when no event loop can still be looking at memory that was unlinked: quiescent-state-based reclamation. A loop is
 * within a turn or between two; what was unlinked before a turn began cannot be found in that turn.
 *
 * <p>Threads: each loop calls {@link #begin} and {@link #end} for its own number; anybody may ask.
 */
public final class ReaderTurns {

    /** Sixteen longs are 128 bytes: no two loops write to the same cache line. */
    private static final int STRIDE = 16;

    private final int readers;
    private final AtomicLongArray turns;

    /**
     * For so many loops, none of which is within a turn.
     *
     * @param readers the number of event loops
     */
    public ReaderTurns(int readers) {
        this.readers = readers;
        this.turns = new AtomicLongArray((readers + 1) * STRIDE);
    }

    /**
     * How many loops there are.
     *
     * @return their number
     */
    public int readers() {
        return readers;
    }

    /**
     * A turn begins: from here on the loop may find segments.
     *
     * @param reader the loop's number
     */
    public void begin(int reader) {
        // Volatile on both sides: either the turn is seen by whoever unlinks, or the unlinking is seen by the turn.
        turns.set(index(reader), turns.get(index(reader)) + 1);
    }

    /**
     * A turn ends: the loop has forgotten every segment, but may keep numbers of records.
     *
     * @param reader the loop's number
     */
    public void end(int reader) {
        turns.set(index(reader), turns.get(index(reader)) + 1);
    }

    /** Which turn each loop is in: odd numbers are turns, even ones the time between. */
    long[] snapshot() {
        long[] snapshot = new long[readers];
        for (int reader = 0; reader < readers; reader++) {
            snapshot[reader] = turns.get(index(reader));
        }
        return snapshot;
    }

    /** Whether every turn of a snapshot is over. */
    boolean allOver(long[] snapshot) {
        for (int reader = 0; reader < readers; reader++) {
            boolean wasWithin = (snapshot[reader] & 1) == 1;
            if (wasWithin && turns.get(index(reader)) == snapshot[reader]) {
                return false;
            }
        }
        return true;
    }

    private static int index(int reader) {
        return (reader + 1) * STRIDE;
    }
}
