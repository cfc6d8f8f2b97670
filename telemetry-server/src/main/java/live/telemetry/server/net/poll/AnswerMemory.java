package live.telemetry.server.net.poll;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the answers of all polls take together until their peers have taken them. Peers that take their time cannot make it
 * grow: when it is used up, further answers are small ones, and the rest comes with the next polls. Any thread.
 */
final class AnswerMemory {

    /** An answer while there is memory: 1 MB. */
    static final int LARGE_BYTES = 1 << 20;

    /** And while there is none. */
    static final int SMALL_BYTES = 16 << 10;

    private final long maxBytes;
    private final AtomicLong used = new AtomicLong();

    AnswerMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** How large the next answer may be. */
    int nextBytes() {
        return used.get() < maxBytes ? LARGE_BYTES : SMALL_BYTES;
    }

    /** An answer takes so much; to be given back once. */
    Runnable use(int bytes) {
        used.addAndGet(bytes);
        return () -> used.addAndGet(-bytes);
    }

    long usedBytes() {
        return used.get();
    }
}
