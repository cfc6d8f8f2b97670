package live.telemetry.client;

import java.time.Duration;

/** The one thread of a client, its timers and its clock: everything that depends on time, so that tests need not wait. */
interface ClientLoop {

    /** Runs a task on the loop, in the order of the calls. Any thread; after {@link #end()} it does nothing. */
    void execute(Runnable task);

    /** Runs a task on the loop later. Any thread. */
    Timer schedule(Duration delay, Runnable task);

    /** A clock that never goes back, in milliseconds. Any thread. */
    long nowMillis();

    /** Whether the caller runs on the loop. */
    boolean isCurrent();

    /** Runs what is running to its end and nothing more. */
    void end();

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Timer {

        /** Takes it back, if it has not begun. */
        void cancel();
    }
}
