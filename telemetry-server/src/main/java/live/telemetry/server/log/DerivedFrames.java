package live.telemetry.server.log;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * Records in other framings than the logs are kept in. A record is framed anew when somebody first wants it so, and then
 * shared by all who read its segment; a log that nobody reads so costs nothing.
 *
 * <p>Bounds: bytes of heap, of all logs together. At the bound what was begun first is dropped, and made again if it is still
 * wanted. What belongs to a segment goes with it.
 *
 * <p>Threads: any event loop, within a turn. What is there already is found without a lock.
 */
public final class DerivedFrames {

    private final Framing stored;
    private final long maxBytes;

    // Guarded by this.
    private final Set<DerivedRun> kept = new LinkedHashSet<>();
    private long bytes;

    /**
     * None yet.
     *
     * @param stored how the logs are kept
     * @param maxBytes of heap
     */
    public DerivedFrames(Framing stored, long maxBytes) {
        this.stored = stored;
        this.maxBytes = maxBytes;
    }

    /**
     * A run in another framing.
     *
     * @param run of a log or of a page of history, found in this turn
     * @param epoch of its records
     * @param framing the other framing
     * @param upTo the last record that is wanted
     * @return the same records, from the first of the run to the last that is wanted, and perhaps further
     */
    public FrameRun of(FrameRun run, String epoch, DerivedFraming framing, long upTo) {
        if (run instanceof LogSegment segment) {
            return ofSegment(segment, epoch, framing, upTo);
        }
        if (run instanceof DetachedRun page) {
            return page.derived(stored, framing, epoch);
        }
        throw new IllegalArgumentException("nothing can be derived from " + run);
    }

    /**
     * One record in another framing; nobody else gets it.
     *
     * @param frame the record as logs keep it
     * @param position of the record
     * @param framing the other framing
     * @return its frame
     */
    public byte[] of(byte[] frame, Position position, DerivedFraming framing) {
        return derive(frame, stored, position, framing);
    }

    static byte[] derive(byte[] frame, Framing stored, Position position, DerivedFraming framing) {
        int head = stored.headBytes(frame.length);
        byte[] before = framing.before(position);
        byte[] behind = framing.behind();
        byte[] made = new byte[before.length + frame.length - head + behind.length];
        System.arraycopy(before, 0, made, 0, before.length);
        System.arraycopy(frame, head, made, before.length, frame.length - head);
        System.arraycopy(behind, 0, made, made.length - behind.length, behind.length);
        return made;
    }

    /**
     * How much heap they use.
     *
     * @return bytes
     */
    public synchronized long usedBytes() {
        return bytes;
    }

    private FrameRun ofSegment(LogSegment segment, String epoch, DerivedFraming framing, long upTo) {
        DerivedRun derived = find(segment, framing);
        if (derived == null) {
            derived = begin(segment, epoch, framing);
        }
        if (!derived.covers(upTo)) {
            derived.extendTo(upTo);
            account(derived);
        }
        return derived;
    }

    private static @Nullable DerivedRun find(LogSegment segment, DerivedFraming framing) {
        DerivedRun derived = segment.derived();
        while (derived != null && derived.framing() != framing) {
            derived = derived.next;
        }
        return derived;
    }

    private synchronized DerivedRun begin(LogSegment segment, String epoch, DerivedFraming framing) {
        DerivedRun others = find(segment, framing);
        if (others != null) {
            return others;
        }
        DerivedRun derived = new DerivedRun(this, segment, stored, framing, epoch);
        derived.next = segment.derived();
        kept.add(derived);
        segment.derived(derived);
        // Whoever drops a segment raises its log's first number, and then looks whether something is derived from it.
        // Here it
        // is the other way round, so one of the two sees the other.
        if (segment.isDropped()) {
            drop(segment);
        }
        return derived;
    }

    private synchronized void account(DerivedRun grown) {
        if (!kept.contains(grown)) {
            return;
        }
        long now = grown.heapBytes();
        bytes += now - grown.accounted;
        grown.accounted = now;
        Iterator<DerivedRun> oldest = kept.iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            DerivedRun victim = oldest.next();
            if (victim != grown) {
                oldest.remove();
                bytes -= victim.accounted;
                victim.segment().forget(victim);
            }
        }
    }

    /** The segment is gone, and what was derived from it. */
    synchronized void drop(LogSegment segment) {
        for (DerivedRun derived = segment.derived(); derived != null; derived = derived.next) {
            if (kept.remove(derived)) {
                bytes -= derived.accounted;
            }
        }
        segment.derived(null);
    }
}
