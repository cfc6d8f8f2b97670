package live.telemetry.server.session;

import java.nio.ByteBuffer;
import live.telemetry.server.log.FrameRun;
import org.jspecify.annotations.Nullable;

/**
 * What one write to one peer consists of: bytes that were made for it (answers, gaps), and slices of logs, which stay where
 * they are. A loop has one batch and fills it for one connection after another, so delivering allocates nothing.
 *
 * <p>A short write is settled by {@link #commit}: of a record whose frame was cut, and of bytes that were made for this peer,
 * the rest is copied to the connection's {@link Pending}; every other slice is told to its owner as not taken, and costs
 * nothing until it is filled in again. So a cursor always stands on a record boundary, and nothing can come into a frame.
 *
 * <p>Bounds: {@value #MAX_BYTES} bytes of slices a batch, {@value #MAX_COPIED} of made bytes (one piece may exceed either),
 * {@value #MAX_PARTS} parts.
 */
public final class WriteBatch {

    /** Bytes that one session writes in a turn, so that it does not keep the others waiting. */
    public static final int MAX_BYTES = 256 << 10;

    /** Bytes made for the peer in one batch: what a blocked session may have to keep. */
    public static final int MAX_COPIED = 16 << 10;

    /** The kernel takes at most 1,024 buffers in one call. */
    private static final int MAX_PARTS = 512;

    /** Whoever has found room says up to three things before its records: where it stands, what is lost, the new epoch. */
    private static final int SPARE_PARTS = 3;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final int reader;
    private final ByteBuffer[] buffers = new ByteBuffer[MAX_PARTS];
    private final @Nullable Owner[] owners = new Owner[MAX_PARTS];
    private final @Nullable FrameRun[] runs = new FrameRun[MAX_PARTS];
    private final int[] starts = new int[MAX_PARTS];
    private final int[] lengths = new int[MAX_PARTS];
    private final long[] firsts = new long[MAX_PARTS];
    private final long[] lasts = new long[MAX_PARTS];
    private int size;
    private long bytes;
    private int copied;
    private int records;
    private long maxBytes = MAX_BYTES;
    private int maxRecords = Integer.MAX_VALUE;

    /**
     * An empty batch.
     *
     * @param reader the number of the loop that it belongs to
     */
    public WriteBatch(int reader) {
        this.reader = reader;
    }

    /** Who has put a slice into the batch. */
    interface Owner {
        /**
         * The peer will get the slice, or a first part of it.
         *
         * @param upTo the last record that it will get
         * @param complete whether that is the whole slice
         */
        void delivered(long upTo, boolean complete);

        /** The peer will get nothing of the slice, perhaps not even all of the one before: it is to be filled in again. */
        void notTaken();
    }

    /** Whether another part may be added, and {@value #SPARE_PARTS} made ones before it. */
    public boolean hasRoom() {
        return size < MAX_PARTS - SPARE_PARTS && bytes < maxBytes && copied < MAX_COPIED && records < maxRecords;
    }

    /** Until the batch is settled, takes at most so many bytes of slices and so many records. */
    public void limit(long mostBytes, int mostRecords) {
        maxBytes = Math.min(MAX_BYTES, mostBytes);
        maxRecords = mostRecords;
    }

    /** Bytes of slices that still fit, at least 1 while there is room. */
    int room() {
        return (int) Math.max(1, maxBytes - bytes);
    }

    /** Records that still fit, at least 1 while there is room. */
    int recordRoom() {
        return Math.max(1, maxRecords - records);
    }

    /** Made bytes that still fit, at least 1 while there is room. */
    int copyRoom() {
        return Math.max(1, MAX_COPIED - copied);
    }

    /** Adds what an earlier short write has left. */
    public void addPending(ByteBuffer rest) {
        append(rest, null, null, rest.position(), rest.remaining(), 0, 0);
    }

    /** Adds bytes that were made for this peer; nobody changes them any more. */
    public void addBytes(byte[] made) {
        addBytes(made, 0, made.length);
    }

    /** Adds a part of bytes that nobody changes any more. */
    public void addBytes(byte[] made, int from, int length) {
        copied += length;
        append(ByteBuffer.wrap(made, from, length), null, null, from, length, 0, 0);
    }

    /** Adds a record that was framed for this peer, or stands in no run; nobody changes its bytes any more. */
    void addRecord(byte[] frame) {
        records++;
        addBytes(frame);
    }

    /** Adds records of a run, from the first to the last; at most one slice of a run, whose view has one position. */
    void addSlice(Owner owner, FrameRun run, long first, long last) {
        int start = run.startOf(first);
        int end = run.endOf(last);
        ByteBuffer view = run.view(reader);
        view.limit(end).position(start);
        records += (int) (last - first + 1);
        append(view, owner, run, start, end - start, first, last);
    }

    private void append(
            ByteBuffer buffer,
            @Nullable Owner owner,
            @Nullable FrameRun run,
            int start,
            int length,
            long first,
            long last) {
        buffers[size] = buffer;
        owners[size] = owner;
        runs[size] = run;
        starts[size] = start;
        lengths[size] = length;
        firsts[size] = first;
        lasts[size] = last;
        size++;
        bytes += length;
    }

    /** The buffers, from index 0 to {@link #size()}. */
    public ByteBuffer[] buffers() {
        return buffers;
    }

    /** How many buffers there are. */
    public int size() {
        return size;
    }

    /** How many records are among them. */
    public int records() {
        return records;
    }

    /** How many bytes they have. */
    public long bytes() {
        return bytes;
    }

    /**
     * Settles a write and empties the batch.
     *
     * @param written how many bytes the peer's channel took
     * @param pending where to keep what cannot wait in a log; it must be empty, or be the one that was added first
     * @return how many records were delivered
     */
    public long commit(long written, Pending pending) {
        long left = written;
        long records = 0;
        pending.beginKeeping();
        for (int i = 0; i < size; i++) {
            int taken = (int) Math.min(left, lengths[i]);
            left -= taken;
            Owner owner = owners[i];
            FrameRun run = runs[i];
            if (owner == null || run == null) {
                if (taken < lengths[i]) {
                    pending.keep(buffers[i], starts[i] + taken, starts[i] + lengths[i]);
                }
            } else {
                records += settleSlice(owner, run, i, taken, pending);
            }
        }
        pending.endKeeping();
        discard();
        return records;
    }

    private long settleSlice(Owner owner, FrameRun run, int i, int taken, Pending pending) {
        if (taken == lengths[i]) {
            owner.delivered(lasts[i], true);
            return lasts[i] - firsts[i] + 1;
        }
        if (taken == 0) {
            owner.notTaken();
            return 0;
        }
        int offset = starts[i] + taken;
        long cut = run.recordAt(offset, firsts[i], lasts[i]);
        if (run.startOf(cut) == offset) {
            owner.delivered(cut - 1, false);
            return cut - firsts[i];
        }
        pending.keep(buffers[i], offset, run.endOf(cut));
        owner.delivered(cut, cut == lasts[i]);
        return cut - firsts[i] + 1;
    }

    /** Forgets everything: nothing of it was written, and nobody is told. */
    public void discard() {
        for (int i = 0; i < size; i++) {
            // Nothing may be found through the batch in a later turn, when the memory can belong to somebody else.
            buffers[i] = NOTHING;
            owners[i] = null;
            runs[i] = null;
        }
        size = 0;
        bytes = 0;
        copied = 0;
        records = 0;
        maxBytes = MAX_BYTES;
        maxRecords = Integer.MAX_VALUE;
    }
}
