package live.telemetry.tck;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a task later, in virtual time ({@link VirtualTime}) or in real time. */
@FunctionalInterface
public interface Scheduler {

    /**
     * Runs a task once, later; may be called from any thread and does not block.
     *
     * @param delay how much later; zero is as soon as possible, but never within this call
     * @param task what to run, on a thread of this scheduler
     */
    void after(Duration delay, Runnable task);

    /**
     * The scheduler of real time, on the JVM's common pool.
     *
     * @return a scheduler that needs no closing
     */
    static Scheduler realTime() {
        return (delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                .execute(task);
    }
}
