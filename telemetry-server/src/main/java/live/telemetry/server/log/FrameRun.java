package live.telemetry.server.log;

import java.nio.ByteBuffer;

/**
 * Consecutive records whose frames lie one behind the other, so that any part of them is one slice of bytes. Offsets are in
 * bytes from the beginning of {@link #view}.
 */
public interface FrameRun {

    /** The number of the first record. */
    long firstSeq();

    /** The number of the last record; grows while records are added. {@code firstSeq() - 1} if there is none yet. */
    long lastSeq();

    /** Where a record's frame begins. */
    int startOf(long seq);

    /** Where a record's frame ends. */
    int endOf(long seq);

    /**
     * The bytes, in a buffer whose position and limit belong to one event loop.
     *
     * @param reader the number of the event loop
     */
    ByteBuffer view(int reader);

    /** Whether a record stands in this run. */
    default boolean contains(long seq) {
        return seq >= firstSeq() && seq <= lastSeq();
    }

    /**
     * The last record, from {@code seq} on and not beyond {@code limit}, up to which at most so many bytes lie; {@code seq}
     * itself even if it is larger.
     */
    default long lastWithin(long seq, long limit, int bytes) {
        int start = startOf(seq);
        if (endOf(limit) - start <= bytes) {
            return limit;
        }
        long low = seq;
        long high = limit - 1;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (endOf(middle) - start <= bytes) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The record, from {@code first} to {@code last}, within whose frame an offset lies; its start belongs to it. */
    default long recordAt(int offset, long first, long last) {
        long low = first;
        long high = last;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (endOf(middle) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
