package live.telemetry.tck;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is told to go on, and runs the tasks that become due on the way: by time, and among
 * those of one time in the order in which they were scheduled. Driven from one thread it makes a test deterministic.
 *
 * <p>Tasks may be scheduled from any thread. They run on the thread that calls {@link #step} or {@link #run}, one at a
 * time: of two threads that drive, one waits. A task cannot drive. What a task throws comes out of the driving call; the
 * tasks behind it are kept.
 */
public final class VirtualTime implements Scheduler {

    private record Task(long dueNanos, long number, Runnable body) {}

    // Guarded by this.
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::number));
    private long scheduled;
    private long nowNanos;

    // Held by the thread that runs tasks.
    private final ReentrantLock driving = new ReentrantLock();

    /** A clock that stands at zero and has nothing to do. */
    public VirtualTime() {}

    /**
     * The time that has passed since this clock was made.
     *
     * @return zero or more
     */
    public synchronized Duration now() {
        return Duration.ofNanos(nowNanos);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the delay is negative
     */
    @Override
    public synchronized void after(Duration delay, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay must not be negative: " + delay);
        }
        tasks.add(new Task(nowNanos + delay.toNanos(), scheduled++, task));
    }

    /**
     * Runs the next task, however far away it is, and sets the clock to its time.
     *
     * @return false if there was none
     * @throws IllegalStateException if a task calls this
     */
    public boolean step() {
        return drive(() -> runNext(Long.MAX_VALUE));
    }

    /**
     * Lets time pass, and runs what becomes due, tasks that are scheduled meanwhile included. Zero runs what is due now.
     *
     * @param duration how long; afterwards the clock stands exactly that much later
     * @throws IllegalArgumentException if the duration is negative
     * @throws IllegalStateException if a task calls this
     */
    public void run(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go backwards: " + duration);
        }
        drive(() -> {
            long end = nowNanos() + duration.toNanos();
            while (runNext(end)) {
                // The next one.
            }
            advanceTo(end);
            return true;
        });
    }

    private boolean drive(BooleanSupplier body) {
        if (driving.isHeldByCurrentThread()) {
            throw new IllegalStateException("a task cannot drive the time that it runs in; schedule another task");
        }
        driving.lock();
        try {
            return body.getAsBoolean();
        } finally {
            driving.unlock();
        }
    }

    private boolean runNext(long endNanos) {
        Task task = takeUntil(endNanos);
        if (task == null) {
            return false;
        }
        task.body().run();
        return true;
    }

    private synchronized @Nullable Task takeUntil(long endNanos) {
        Task next = tasks.peek();
        if (next == null || next.dueNanos() > endNanos) {
            return null;
        }
        tasks.remove();
        nowNanos = next.dueNanos();
        return next;
    }

    private synchronized long nowNanos() {
        return nowNanos;
    }

    private synchronized void advanceTo(long nanos) {
        nowNanos = Math.max(nowNanos, nanos);
    }
}
