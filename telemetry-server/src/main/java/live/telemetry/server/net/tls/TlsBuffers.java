package live.telemetry.server.net.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import tlschannel.BufferAllocator;

/**
 * The buffers in which the connections of a loop keep parts of TLS records, one after another the same few: a connection has
 * one only while a record is on its way, so an idle one costs none and a write allocates none. Confined to a loop.
 *
 * <p>They are on the heap, where the JDK's AES-GCM works best, and whatever is not given back is the collector's. A connection
 * has three at most: received, decrypted, encrypted.
 */
final class TlsBuffers implements BufferAllocator {

    /** The largest that is asked for: a record of 16 kB and what encryption adds. */
    static final int RECORD_BYTES = 17 << 10;

    /** Kept for the next: more are in use only while peers stall. */
    private static final int MAX_SPARE = 16;

    private final Deque<ByteBuffer> spare = new ArrayDeque<>(MAX_SPARE);

    @Override
    public ByteBuffer allocate(int size) {
        if (size != RECORD_BYTES || spare.isEmpty()) {
            return ByteBuffer.allocate(size);
        }
        return spare.pop().clear();
    }

    @Override
    public void free(ByteBuffer buffer) {
        if (buffer.capacity() == RECORD_BYTES && spare.size() < MAX_SPARE) {
            spare.push(buffer);
        }
    }
}
