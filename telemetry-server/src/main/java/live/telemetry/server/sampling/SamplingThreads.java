package live.telemetry.server.sampling;

import java.time.Duration;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Threads that may block: one more whenever all are busy, up to a bound, and gone after half a minute without work. At
 * the bound a task waits until a thread is free, which is counted. The queue has no bound of its own: its user has at
 * most one task under way for each source.
 */
final class SamplingThreads {

    private static final long KEEP_ALIVE_SECONDS = 30;

    private final LongAdder delayed = new LongAdder();
    private final AtomicInteger started = new AtomicInteger();
    private final HandOff queue = new HandOff();
    private final ThreadPoolExecutor executor;

    SamplingThreads(String namePrefix, int maxThreads) {
        executor = new ThreadPoolExecutor(
                0,
                maxThreads,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                task -> new SamplingThread(this, task, namePrefix + '-' + started.incrementAndGet()),
                (task, busy) -> awaitThread(task, busy.isShutdown()));
    }

    /** Runs the task, or forgets it after {@link #close}. */
    void execute(Runnable task) {
        executor.execute(task);
    }

    private void awaitThread(Runnable task, boolean shutdown) {
        if (!shutdown) {
            delayed.increment();
            queue.enqueue(task);
        }
    }

    /** How many tasks had to wait, since all threads were busy. */
    long delayed() {
        return delayed.sum();
    }

    int size() {
        return executor.getPoolSize();
    }

    /** Interrupts all tasks and waits for them, but not longer than this, and not for the task that calls it. */
    boolean close(Duration timeout) {
        executor.shutdownNow();
        if (isCalledFromOwnThread()) {
            // It is the caller that was interrupted with the others, and the caller is not to be stopped.
            Thread.interrupted();
            return false;
        }
        try {
            return executor.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isCalledFromOwnThread() {
        return Thread.currentThread() instanceof SamplingThread thread && thread.owner == this;
    }

    private static final class SamplingThread extends Thread {
        private final SamplingThreads owner;

        SamplingThread(SamplingThreads owner, @Nullable Runnable task, String name) {
            super(task, name);
            this.owner = owner;
            setDaemon(true);
        }
    }

    /**
     * A ThreadPoolExecutor starts threads beyond its core only if its queue refuses the task; this one refuses unless a
     * thread waits for it.
     */
    private static final class HandOff extends LinkedTransferQueue<Runnable> {

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        void enqueue(Runnable task) {
            // Not put(): since Java 21 that calls offer().
            super.offer(task);
        }
    }
}
