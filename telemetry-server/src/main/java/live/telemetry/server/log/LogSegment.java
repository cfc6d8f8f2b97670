package live.telemetry.server.log;

import java.nio.ByteBuffer;
import live.telemetry.server.log.SegmentPool.Block;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a topic's log: a slotted page. Frames grow from the front; from the back grows one slot a record, with the
 * offset at which its frame ends and the time of the record, so that a segment needs no index on the heap.
 *
 * <p>Threads: one writer at a time, under the log's lock. Readers take no lock: they read only records up to a head that
 * the log has published (a volatile write behind the segment's), and only while {@link SegmentPool} keeps the memory.
 */
final class LogSegment implements FrameRun {

    private static final int SLOT_BYTES = Integer.BYTES + Long.BYTES;

    private final TopicLog log;
    private final Block block;
    private final ByteBuffer memory;
    private final int capacity;
    private final long firstSeq;
    private final @Nullable ByteBuffer[] views;

    // Written by the writer before the log's head; readers see them through the head.
    private int count;
    private int used;
    private @Nullable LogSegment next;

    // Written under the lock of DerivedFrames, read by anybody.
    private volatile @Nullable DerivedRun derived;

    LogSegment(TopicLog log, Block block, long firstSeq, int readers) {
        this.log = log;
        this.block = block;
        this.memory = block.memory();
        this.capacity = memory.capacity();
        this.firstSeq = firstSeq;
        this.views = new ByteBuffer[readers];
    }

    /** Whether it is, or was, a piece of a log; numbers of another log mean other records. */
    boolean isOf(TopicLog other) {
        return log == other;
    }

    /** The capacity that one record needs. */
    static int bytesFor(int frameBytes) {
        return frameBytes + SLOT_BYTES;
    }

    boolean fits(int frameBytes) {
        return used + frameBytes + (count + 1) * SLOT_BYTES <= capacity;
    }

    void add(byte[] frame, long timestampMillis) {
        memory.put(used, frame);
        used += frame.length;
        int slot = slot(count);
        memory.putInt(slot, used);
        memory.putLong(slot + Integer.BYTES, timestampMillis);
        count++;
    }

    @Override
    public long firstSeq() {
        return firstSeq;
    }

    @Override
    public long lastSeq() {
        return firstSeq + count - 1;
    }

    @Override
    public int startOf(long seq) {
        return seq == firstSeq ? 0 : endOf(seq - 1);
    }

    @Override
    public int endOf(long seq) {
        return memory.getInt(slot((int) (seq - firstSeq)));
    }

    long timestampOf(long seq) {
        return memory.getLong(slot((int) (seq - firstSeq)) + Integer.BYTES);
    }

    @Override
    public ByteBuffer view(int reader) {
        ByteBuffer view = views[reader];
        if (view == null) {
            view = memory.duplicate();
            views[reader] = view;
        }
        return view;
    }

    void read(int offset, byte[] target, int at, int length) {
        memory.get(offset, target, at, length);
    }

    /** The first of what was derived from it, which leads to the others. */
    @Nullable
    DerivedRun derived() {
        return derived;
    }

    void derived(@Nullable DerivedRun first) {
        derived = first;
    }

    void forget(DerivedRun victim) {
        DerivedRun before = derived;
        if (before == victim) {
            derived = victim.next;
            return;
        }
        while (before != null && before.next != victim) {
            before = before.next;
        }
        if (before != null) {
            before.next = victim.next;
        }
    }

    /** Whether none of its records can be read any more; what is derived from it then goes as well. */
    boolean isDropped() {
        return log.first() > lastSeq();
    }

    void dropDerived() {
        DerivedRun first = derived;
        if (first != null) {
            first.owner().drop(this);
        }
    }

    int readers() {
        return views.length;
    }

    int usedBytes() {
        return used;
    }

    int capacity() {
        return capacity;
    }

    Block block() {
        return block;
    }

    @Nullable
    LogSegment next() {
        return next;
    }

    void linkNext(LogSegment segment) {
        next = segment;
    }

    private int slot(int index) {
        return capacity - (index + 1) * SLOT_BYTES;
    }
}
