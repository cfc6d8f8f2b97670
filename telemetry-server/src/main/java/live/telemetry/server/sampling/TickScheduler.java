package live.telemetry.server.sampling;

/** The time and the timer of a {@link MetricSampler}: a seam, so that tests move time instead of waiting for it. */
public interface TickScheduler extends AutoCloseable {

    /**
     * The time that delays are counted in.
     *
     * @return nanoseconds since some moment, never going back
     */
    long nanoTime();

    /**
     * Runs something once, later. Does nothing after {@link #close}.
     *
     * @param tick short, does not block and does not throw
     * @param delayNanos nanoseconds from now; not positive for at once
     */
    void schedule(Runnable tick, long delayNanos);

    /** Forgets what is scheduled; idempotent, does not wait. */
    @Override
    void close();

    /**
     * Real time, on one daemon thread.
     *
     * @param threadName the thread's name
     * @return a scheduler; its thread starts with the first tick
     */
    static TickScheduler onDaemonThread(String threadName) {
        return new DaemonTickScheduler(threadName);
    }
}
