package live.telemetry.redis;

import java.util.concurrent.locks.LockSupport;

/** A named daemon thread that is waited for, briefly, when it ends. Any thread. */
final class WorkerThread implements AutoCloseable {

    static final String PREFIX = "telemetry-redis-";

    private static final long JOIN_MILLIS = 1_000;

    private final Thread thread;

    WorkerThread(String role, Runnable work) {
        this.thread = new Thread(work, PREFIX + role);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void unpark() {
        LockSupport.unpark(thread);
    }

    /** Whoever closes has told the work to end before. */
    @Override
    public void close() {
        thread.interrupt();
        if (thread == Thread.currentThread() || !thread.isAlive()) {
            return;
        }
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
