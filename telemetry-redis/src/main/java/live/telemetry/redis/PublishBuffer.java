package live.telemetry.redis;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the records that wait for an answer, and refuses more than are allowed. Any thread, without a lock. */
final class PublishBuffer {

    private final int maxRecords;
    private final long maxBytes;
    private final AtomicInteger records = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    PublishBuffer(int maxRecords, long maxBytes) {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    boolean tryAdd(int size) {
        if (records.incrementAndGet() > maxRecords) {
            records.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(size) > maxBytes) {
            remove(size);
            return false;
        }
        return true;
    }

    void remove(int size) {
        records.decrementAndGet();
        bytes.addAndGet(-size);
    }

    int records() {
        return records.get();
    }

    long bytes() {
        return bytes.get();
    }
}
