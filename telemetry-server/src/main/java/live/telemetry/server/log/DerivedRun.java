package live.telemetry.server.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a segment in another framing, as far as somebody has wanted them: it begins with the segment, and grows when a
 * reader comes to records that it does not have yet.
 *
 * <p>Threads: it grows under its lock. Readers take none: they read {@link #made}, whose arrays are written behind what it
 * covers only. The bytes are on the heap, so they outlive the memory that they were made from.
 */
final class DerivedRun implements FrameRun {

    private static final int FIRST_BYTES = 512;
    private static final int FIRST_RECORDS = 8;

    private final DerivedFrames owner;
    private final LogSegment source;
    private final Framing stored;
    private final DerivedFraming framing;
    private final String epoch;
    private final long firstSeq;
    private final @Nullable ByteBuffer[] views;

    private volatile Made made = new Made(new byte[FIRST_BYTES], new int[FIRST_RECORDS], 0);

    /** What of the same segment was derived before; guarded by {@link DerivedFrames}. */
    @Nullable
    DerivedRun next;

    /** Bytes of heap that are accounted for; guarded by {@link DerivedFrames}. */
    long accounted;

    /**
     * Nothing yet.
     *
     * @param owner accounts for it
     * @param source the segment
     * @param stored how it is framed
     * @param framing how this is
     * @param epoch of the records
     */
    DerivedRun(DerivedFrames owner, LogSegment source, Framing stored, DerivedFraming framing, String epoch) {
        this.owner = owner;
        this.source = source;
        this.stored = stored;
        this.framing = framing;
        this.epoch = epoch;
        this.firstSeq = source.firstSeq();
        this.views = new ByteBuffer[source.readers()];
    }

    /** Frames one behind the other, and where each ends. */
    private record Made(byte[] bytes, int[] ends, int count) {
        int used() {
            return count == 0 ? 0 : ends[count - 1];
        }
    }

    DerivedFraming framing() {
        return framing;
    }

    DerivedFrames owner() {
        return owner;
    }

    LogSegment segment() {
        return source;
    }

    boolean covers(long seq) {
        return seq - firstSeq < made.count;
    }

    long heapBytes() {
        Made now = made;
        return now.bytes.length + (long) Integer.BYTES * now.ends.length;
    }

    /** Makes what is missing up to a record; the source must be readable, as it is in the turn in which it was found. */
    synchronized void extendTo(long seq) {
        Made before = made;
        int count = before.count;
        int wanted = (int) (seq - firstSeq + 1);
        if (count >= wanted) {
            return;
        }
        int[] ends = wanted <= before.ends.length
                ? before.ends
                : Arrays.copyOf(before.ends, Math.max(wanted, 2 * before.ends.length));
        byte[] bytes = before.bytes;
        int used = before.used();
        for (; count < wanted; count++) {
            long record = firstSeq + count;
            int start = source.startOf(record);
            int length = source.endOf(record) - start;
            int head = stored.headBytes(length);
            byte[] prefix = framing.before(new Position(epoch, record));
            byte[] suffix = framing.behind();
            int frame = prefix.length + length - head + suffix.length;
            if (used + frame > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(used + frame, 2 * bytes.length));
            }
            System.arraycopy(prefix, 0, bytes, used, prefix.length);
            source.read(start + head, bytes, used + prefix.length, length - head);
            used += frame;
            System.arraycopy(suffix, 0, bytes, used - suffix.length, suffix.length);
            ends[count] = used;
        }
        made = new Made(bytes, ends, count);
    }

    @Override
    public long firstSeq() {
        return firstSeq;
    }

    @Override
    public long lastSeq() {
        return firstSeq + made.count - 1;
    }

    @Override
    public int startOf(long seq) {
        return seq == firstSeq ? 0 : endOf(seq - 1);
    }

    @Override
    public int endOf(long seq) {
        return made.ends[(int) (seq - firstSeq)];
    }

    @Override
    public ByteBuffer view(int reader) {
        byte[] bytes = made.bytes;
        ByteBuffer view = views[reader];
        if (view == null || view.array() != bytes) {
            view = ByteBuffer.wrap(bytes);
            views[reader] = view;
        }
        return view;
    }
}
