package live.telemetry.client.transport.http;

import java.time.Duration;

/** Where everything of one emulated session happens, one task after the other. Any thread may call. */
interface SessionThread {

    /** Runs a task, in the order of the calls. */
    void execute(Runnable task);

    /** Runs a task later. */
    void schedule(Duration delay, Runnable task);

    /** A clock that never goes back, in milliseconds. */
    long nowMillis();
}
