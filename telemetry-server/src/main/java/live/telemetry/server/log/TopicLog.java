package live.telemetry.server.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.server.log.SegmentPool.Block;
import org.jspecify.annotations.Nullable;

/**
 * The tail of one topic's log, in one epoch: contiguous records, encoded, in segments that are linked from the oldest to the
 * newest. A new epoch is a new log.
 *
 * <p>Threads: whoever changes the log holds its lock. Event loops read without one, within a turn of {@link ReaderTurns}:
 *
 * <ol>
 *   <li>read {@link #first()} and {@link #head()}; what lies between may be read until the turn ends;
 *   <li>find it with {@link #runOf}; nothing of a run is touched above that head.
 * </ol>
 *
 * A record's bytes are written before the head that covers it (a volatile write), and memory is given back only after
 * {@code first} was raised above it and every turn in which the old {@code first} could have been read is over.
 */
public final class TopicLog {

    private static final int SMALLEST_SEGMENT = SegmentPool.MIN_BLOCK;
    private static final int LARGEST_SEGMENT = 256 << 10;
    /** Retention by bytes drops whole segments, so a segment is a small part of what may be kept. */
    private static final int SEGMENTS_WITHIN_MAX_BYTES = 8;
    /** The others drop records, but memory goes by segments as well, so one is a part of what is kept now. */
    private static final int SEGMENTS_OF_WHAT_IS_KEPT = 4;

    /** Older than any record, and far from what milliseconds can count. */
    private static final Duration LONGEST_AGE = Duration.ofDays(1_000_000);

    private final String epoch;
    private final Retention retention;
    private final LatestBudget latestBudget;
    private final SegmentPool pool;
    private final int largestSegment;

    // Published to the readers.
    private volatile long first;
    private volatile long head;
    private volatile @Nullable LogSegment oldest;
    /** Of keys whose latest record stands above this number, the table has it, unless it was dropped at a bound. */
    private volatile long latestSince;

    // Guarded by this.
    private final LatestByKey latest;
    private boolean ended;
    private @Nullable LogSegment newest;
    private long bytes;

    /**
     * An empty log that goes on behind a position.
     *
     * @param base the position behind which the first record will stand
     * @param retention how much is kept
     * @param latestBudget bounds the latest records that are kept by key
     * @param pool where segments come from
     */
    public TopicLog(Position base, Retention retention, LatestBudget latestBudget, SegmentPool pool) {
        this(base, retention, latestBudget, pool, new LatestByKey(latestBudget, retention.maxBytes()));
    }

    private TopicLog(
            Position base, Retention retention, LatestBudget latestBudget, SegmentPool pool, LatestByKey latest) {
        this.latestBudget = latestBudget;
        this.latestSince = base.seq();
        this.epoch = base.epoch();
        this.first = base.seq() + 1;
        this.head = base.seq();
        this.retention = retention;
        this.pool = pool;
        this.latest = latest;
        this.largestSegment = (int) Math.max(
                SMALLEST_SEGMENT,
                Math.min(LARGEST_SEGMENT, Long.highestOneBit(retention.maxBytes() / SEGMENTS_WITHIN_MAX_BYTES)));
    }

    /**
     * The epoch of every record in it.
     *
     * @return never empty
     */
    public String epoch() {
        return epoch;
    }

    /**
     * The number of the oldest record that can be read.
     *
     * @return {@code head() + 1} if there is none
     */
    public long first() {
        return first;
    }

    /**
     * The number of the newest record that the log has, or had.
     *
     * @return 0 if the topic has had none
     */
    public long head() {
        return head;
    }

    /**
     * The position of the newest record.
     *
     * @return epoch and head
     */
    public Position headPosition() {
        return new Position(epoch, head);
    }

    /**
     * Adds the next record.
     *
     * @param record its number must be {@code head() + 1}
     * @param frame its bytes, which the log may keep: nobody writes to them any more
     * @return false if there is no memory: make room, and call again
     */
    public synchronized boolean append(TelemetryRecord record, byte[] frame) {
        if (record.seq() != head + 1) {
            throw new IllegalArgumentException("record " + record.seq() + " cannot follow " + head);
        }
        LogSegment segment = newest;
        if (segment == null || !segment.fits(frame.length)) {
            segment = addSegment(record.seq(), frame.length);
            if (segment == null) {
                return false;
            }
        }
        // First what may fail for want of heap: a slot without its head would move all later ones.
        latest.put(record.key(), record.seq(), frame);
        segment.add(frame, record.timestampMillis());
        bytes += frame.length;
        head = record.seq();
        retain();
        return true;
    }

    private @Nullable LogSegment addSegment(long firstSeq, int frameBytes) {
        Block block = pool.allocate(nextCapacity(), LogSegment.bytesFor(frameBytes));
        if (block == null) {
            return null;
        }
        LogSegment segment = new LogSegment(this, block, firstSeq, pool.readers());
        if (newest == null) {
            oldest = segment;
        } else {
            newest.linkNext(segment);
        }
        newest = segment;
        return segment;
    }

    private int nextCapacity() {
        LogSegment last = oldest;
        long readable = last == null ? 0 : bytes - last.startOf(first);
        return (int) Math.max(SMALLEST_SEGMENT, Math.min(largestSegment, readable / SEGMENTS_OF_WHAT_IS_KEPT));
    }

    private void retain() {
        long kept = head - retention.maxRecords() + 1;
        if (first < kept) {
            first = kept;
        }
        LogSegment last = oldest;
        long excess = bytes - retention.maxBytes();
        while (last != null && last != newest && excess > 0) {
            excess -= last.usedBytes();
            first = Math.max(first, last.lastSeq() + 1);
            last = last.next();
        }
        unlinkBelowFirst();
    }

    /** Gives back the segments of which no record can be read any more; says how much memory that is. */
    private long unlinkBelowFirst() {
        LogSegment segment = oldest;
        if (segment == null || segment.lastSeq() >= first) {
            return 0;
        }
        List<Block> blocks = new ArrayList<>(1);
        long memory = 0;
        while (segment != null && segment.lastSeq() < first) {
            blocks.add(segment.block());
            memory += segment.capacity();
            bytes -= segment.usedBytes();
            segment.dropDerived();
            segment = segment.next();
        }
        oldest = segment;
        if (segment == null) {
            newest = null;
        }
        pool.retire(blocks);
        return memory;
    }

    /**
     * Drops the records that are older than the retention's age.
     *
     * @param nowMillis milliseconds since 1970
     */
    public synchronized void expire(long nowMillis) {
        boolean forever = retention.maxAge().compareTo(LONGEST_AGE) > 0;
        if (forever) {
            return;
        }
        long cutoff = nowMillis - retention.maxAge().toMillis();
        LogSegment segment = oldest;
        long kept = first;
        while (segment != null && kept <= head) {
            if (kept > segment.lastSeq()) {
                segment = segment.next();
            } else if (segment.timestampOf(kept) < cutoff) {
                kept++;
            } else {
                break;
            }
        }
        if (kept > first) {
            first = kept;
            unlinkBelowFirst();
        }
    }

    /**
     * Drops the oldest segment, to make room for another log.
     *
     * @return the bytes of memory that will be free, 0 if there was nothing to drop
     */
    public synchronized long dropOldestSegment() {
        LogSegment segment = oldest;
        if (segment == null) {
            return 0;
        }
        first = Math.max(first, segment.lastSeq() + 1);
        return unlinkBelowFirst();
    }

    /**
     * Drops every record; the log goes on behind its head. The latest record of each key stays.
     *
     * @return the bytes of memory that will be free
     */
    public synchronized long dropAll() {
        first = head + 1;
        return unlinkBelowFirst();
    }

    /**
     * Goes on behind records that this node missed and that are gone: the log drops everything before.
     *
     * @param seq the number of the next record, above the head
     */
    public synchronized void skipTo(long seq) {
        if (seq <= head + 1) {
            throw new IllegalArgumentException("cannot skip from " + head + " to " + seq);
        }
        head = seq - 1;
        first = seq;
        unlinkBelowFirst();
    }

    /**
     * The log that goes on in a new epoch. It starts empty, behind what was kept of this one, and has the latest record of each
     * key as far as that was kept. This one loses its records, but not the latest ones, since there may still be readers who
     * have not seen the new log: they go on from here to whatever is said about the change of epochs.
     *
     * @param base the new epoch, and the last number that is still valid
     * @return the new log
     */
    public synchronized TopicLog continueAs(Position base) {
        TopicLog next = new TopicLog(base, retention, latestBudget, pool, latest.upTo(base.seq()));
        if (!latest.hasAbove(base.seq())) {
            next.latestSince = Math.min(latestSince, base.seq());
        }
        end();
        return next;
    }

    /** Drops every record; nothing will be appended any more. Who still reads finds the latest records, and no others. */
    public synchronized void end() {
        dropAll();
        latest.release();
        ended = true;
    }

    /**
     * Whether {@link #latest} can say what the latest records above a number are: a log that began behind records does not know
     * them, nor what a key had before a record that was taken back. Any thread.
     *
     * @param seq the number
     * @return if not, the earlier records have to be read first, see {@link #addEarlier}
     */
    public boolean hasLatestSince(long seq) {
        return latestSince <= seq;
    }

    /**
     * The number up to which records have to be read for {@link #addEarlier}.
     *
     * @return 0 if nothing is missing
     */
    public long latestSince() {
        return latestSince;
    }

    /**
     * Begins to collect records that this log did not see.
     *
     * @return to be filled
     */
    public EarlierRecords earlierRecords() {
        return new EarlierRecords(new LatestByKey(latestBudget, retention.maxBytes()));
    }

    /**
     * Takes in what was collected; from now on nothing is missing.
     *
     * @param earlier every record up to {@link #latestSince()} that can be had
     */
    public synchronized void addEarlier(EarlierRecords earlier) {
        if (!ended) {
            latest.addEarlier(earlier.latest());
            latestSince = 0;
        }
        earlier.latest().release();
    }

    /**
     * The run in which a record stands.
     *
     * @param seq from {@code first()} to {@code head()} as read in this turn
     * @param hint where an earlier record was found, perhaps of another log, or null; looking starts there
     * @return the run; null if the record was dropped since {@code first()} was read
     */
    public @Nullable FrameRun runOf(long seq, @Nullable FrameRun hint) {
        LogSegment found = null;
        if (hint instanceof LogSegment near && near.isOf(this) && near.firstSeq() <= seq) {
            // The hint may have been dropped long ago: it still leads to the newer segments, unless none was left of it
            // then.
            found = search(near, seq);
        }
        return found != null ? found : search(oldest, seq);
    }

    private static @Nullable LogSegment search(@Nullable LogSegment from, long seq) {
        LogSegment segment = from;
        while (segment != null && seq > segment.lastSeq()) {
            segment = segment.next();
        }
        return segment != null && seq >= segment.firstSeq() ? segment : null;
    }

    /**
     * The latest record of each key, as of one moment.
     *
     * @param after only records above this number
     * @param maxBytes as many as fit, at least one
     * @return ascending by number
     */
    public LatestFrames latest(long after, long maxBytes) {
        return latest(after, maxBytes, Integer.MAX_VALUE);
    }

    /**
     * The latest record of each key, as of one moment.
     *
     * @param after only records above this number
     * @param maxBytes as many as fit, at least one
     * @param maxFrames at most so many, at least one
     * @return ascending by number
     */
    public synchronized LatestFrames latest(long after, long maxBytes, int maxFrames) {
        return latest.after(after, head, maxBytes, maxFrames);
    }

    /**
     * Bytes of the frames in it.
     *
     * @return without slots and unused space
     */
    public synchronized long bytes() {
        return bytes;
    }

    /**
     * Bytes of the memory that it has taken.
     *
     * @return with slots and unused space
     */
    public synchronized long memoryBytes() {
        long memory = 0;
        for (LogSegment segment = oldest; segment != null; segment = segment.next()) {
            memory += segment.capacity();
        }
        return memory;
    }

    /**
     * Bytes of memory that one record can need.
     *
     * @param frameBytes the length of its frame
     * @return the size of a segment that it has for itself
     */
    public static int memoryFor(int frameBytes) {
        return SegmentPool.blockBytes(LogSegment.bytesFor(frameBytes));
    }

    /**
     * Bytes of the frames that are kept as the latest of their key.
     *
     * @return bytes on the heap
     */
    public synchronized long latestBytes() {
        return latest.bytes();
    }

    @Override
    public String toString() {
        return "TopicLog[epoch=" + epoch + ", first=" + first + ", head=" + head + ']';
    }
}
