package live.telemetry.tck;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets a {@link VirtualTime} pass as fast as real time does, on a daemon thread of its own, so that tests with real threads
 * or sockets can use what lives in virtual time. Such a test is no longer deterministic.
 */
public final class RealTimePump implements AutoCloseable {

    private static final long PAUSE_NANOS = 500_000;

    private final VirtualTime time;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    private RealTimePump(VirtualTime time) {
        this.time = time;
        this.thread = new Thread(this::pump, "virtual-time-pump");
        thread.setDaemon(true);
    }

    /**
     * Begins to drive a clock.
     *
     * @param time the clock; only this drives it until it is closed
     * @return what ends it
     */
    public static RealTimePump start(VirtualTime time) {
        RealTimePump pump = new RealTimePump(time);
        pump.thread.start();
        return pump;
    }

    private void pump() {
        long last = System.nanoTime();
        while (!closed) {
            long now = System.nanoTime();
            try {
                time.run(Duration.ofNanos(now - last));
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                }
            }
            last = now;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Stops the clock and waits until its thread has ended; idempotent. On the pump's own thread it does not wait.
     *
     * @throws AssertionError if a task has thrown something; the first is the cause, and the tasks after it were run
     */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable first = failure;
        if (first != null) {
            failure = null;
            throw new AssertionError("a task of virtual time failed", first);
        }
    }
}
