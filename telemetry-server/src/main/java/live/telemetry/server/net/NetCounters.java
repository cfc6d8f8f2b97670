package live.telemetry.server.net;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What all loops of a server have done. Any thread. */
public final class NetCounters {

    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder writes = new LongAdder();

    /** Counts a connection in; says how many are open now. */
    int connectionOpened() {
        accepted.increment();
        return open.incrementAndGet();
    }

    void connectionClosed() {
        open.decrementAndGet();
    }

    void connectionRefused() {
        refused.increment();
    }

    void written(long records, long bytes) {
        deliveries.add(records);
        bytesWritten.add(bytes);
        writes.increment();
    }

    /** Connections that are open. */
    public int open() {
        return open.get();
    }

    /** Connections that were accepted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Connections that were refused because there were too many. */
    public long refused() {
        return refused.sum();
    }

    /** Records of logs that were handed to a socket. */
    public long deliveries() {
        return deliveries.sum();
    }

    /** Bytes that sockets took. */
    public long bytesWritten() {
        return bytesWritten.sum();
    }

    /** Calls by which they took them. */
    public long writes() {
        return writes.sum();
    }
}
