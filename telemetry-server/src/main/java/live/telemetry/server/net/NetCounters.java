package live.telemetry.server.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What all loops of a server have done. Any thread. */
public final class NetCounters {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneOpen = lock.newCondition();
    private int open;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failedHandshakes = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder writes = new LongAdder();

    /** Counts a connection in; says how many are open now. */
    int connectionOpened() {
        accepted.increment();
        lock.lock();
        try {
            return ++open;
        } finally {
            lock.unlock();
        }
    }

    void connectionClosed() {
        lock.lock();
        try {
            if (--open == 0) {
                noneOpen.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the last connection is closed, or the time is over. Not on a loop, which would wait for itself. */
    public void awaitNoneOpen(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (open > 0 && left > 0) {
                left = noneOpen.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void connectionRefused() {
        refused.increment();
    }

    void handshakeFailed() {
        failedHandshakes.increment();
    }

    void written(long records, long bytes) {
        deliveries.add(records);
        bytesWritten.add(bytes);
        writes.increment();
    }

    /** Connections that are open. */
    public int open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Connections that were accepted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Connections that were refused because there were too many. */
    public long refused() {
        return refused.sum();
    }

    /** TLS handshakes that the peer did not finish, or not as it should. */
    public long failedHandshakes() {
        return failedHandshakes.sum();
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
