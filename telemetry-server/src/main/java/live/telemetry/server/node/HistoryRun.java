package live.telemetry.server.node;

import live.telemetry.server.log.DetachedRun;
import live.telemetry.server.log.FrameRun;
import org.jspecify.annotations.Nullable;

/**
 * The records of a page of history, encoded. A reader keeps this, and takes the records anew in each turn: they are dropped once
 * the page is old or its memory is needed, however slow the reader is, who then asks again.
 *
 * <p>Threads: any.
 */
public final class HistoryRun {

    /** About what the objects around the bytes take. */
    private static final int OBJECT_BYTES = 512;

    private final long heapBytes;
    private volatile @Nullable DetachedRun records;

    HistoryRun(DetachedRun records) {
        this.heapBytes = OBJECT_BYTES + records.endOf(records.lastSeq());
        this.records = records;
    }

    /**
     * The records, to be read in this turn.
     *
     * @param seq the first that is wanted
     * @return null if it is not among them, or they were dropped
     */
    public @Nullable FrameRun at(long seq) {
        DetachedRun now = records;
        return now != null && now.contains(seq) ? now : null;
    }

    long heapBytes() {
        return heapBytes;
    }

    void drop() {
        records = null;
    }
}
