package live.telemetry.server.session;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one connection that must go out before anything else: the rest of a cut frame, and answers that a short write
 * left. Empty, and without memory, on a connection whose peer keeps up.
 */
public final class Pending {

    private @Nullable ByteBuffer bytes;
    // Only within a commit.
    private @Nullable ByteBuffer kept;
    private boolean keptInPlace;

    /** Whether there is nothing. */
    public boolean isEmpty() {
        return bytes == null;
    }

    /** How many bytes there are. */
    public int size() {
        return bytes == null ? 0 : bytes.remaining();
    }

    /** Puts the bytes first into a batch, if there are any. */
    public void addTo(WriteBatch batch) {
        if (bytes != null) {
            batch.addPending(bytes);
        }
    }

    void beginKeeping() {
        kept = null;
        keptInPlace = false;
    }

    /** Keeps a part of a buffer, which may be that of these bytes: they are then not copied, unless more is kept. */
    void keep(ByteBuffer source, int from, int to) {
        if (source == bytes && kept == null) {
            bytes.limit(to).position(from);
            keptInPlace = true;
            return;
        }
        ByteBuffer part = source.duplicate();
        part.limit(to).position(from);
        if (keptInPlace && bytes != null) {
            kept = grow(null, bytes.remaining() + part.remaining()).put(bytes);
            keptInPlace = false;
        }
        ByteBuffer target = kept;
        if (target == null || target.remaining() < part.remaining()) {
            target = grow(target, part.remaining());
        }
        target.put(part);
        kept = target;
    }

    void endKeeping() {
        if (!keptInPlace) {
            bytes = kept == null ? null : kept.flip();
        }
        kept = null;
    }

    private static ByteBuffer grow(@Nullable ByteBuffer old, int more) {
        if (old == null) {
            return ByteBuffer.allocate(more);
        }
        return ByteBuffer.allocate(Math.max(old.capacity() * 2, old.position() + more))
                .put(old.flip());
    }
}
