package live.telemetry.server.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive frames that stand in no log: a page of history that a broadcaster read. Immutable, and freed by the garbage
 * collector.
 */
public final class DetachedRun implements FrameRun {

    private final long firstSeq;
    private final int[] ends;
    private final byte[] bytes;

    /** The same in the framing in which it was last wanted: most pages are read in one, by whoever asked at the same time. */
    private volatile @Nullable Derived derived;

    private record Derived(DerivedFraming framing, DetachedRun run) {}

    /**
     * Frames one behind the other.
     *
     * @param firstSeq the number of the first
     * @param frames at least one
     */
    public DetachedRun(long firstSeq, List<byte[]> frames) {
        this.firstSeq = firstSeq;
        this.ends = new int[frames.size()];
        int total = 0;
        for (int i = 0; i < ends.length; i++) {
            total += frames.get(i).length;
            ends[i] = total;
        }
        ByteBuffer joined = ByteBuffer.allocate(total);
        frames.forEach(joined::put);
        this.bytes = joined.array();
    }

    @Override
    public long firstSeq() {
        return firstSeq;
    }

    @Override
    public long lastSeq() {
        return firstSeq + ends.length - 1;
    }

    @Override
    public int startOf(long seq) {
        return seq == firstSeq ? 0 : endOf(seq - 1);
    }

    @Override
    public int endOf(long seq) {
        return ends[(int) (seq - firstSeq)];
    }

    @Override
    public ByteBuffer view(int reader) {
        return ByteBuffer.wrap(bytes);
    }

    /** The same records in another framing. */
    DetachedRun derived(Framing stored, DerivedFraming framing, String epoch) {
        Derived known = derived;
        if (known == null || known.framing != framing) {
            known = new Derived(framing, derive(stored, framing, epoch));
            derived = known;
        }
        return known.run;
    }

    private DetachedRun derive(Framing stored, DerivedFraming framing, String epoch) {
        List<byte[]> frames = new ArrayList<>(ends.length);
        for (long seq = firstSeq; seq <= lastSeq(); seq++) {
            byte[] frame = Arrays.copyOfRange(bytes, startOf(seq), endOf(seq));
            frames.add(DerivedFrames.derive(frame, stored, new Position(epoch, seq), framing));
        }
        return new DetachedRun(firstSeq, frames);
    }
}
