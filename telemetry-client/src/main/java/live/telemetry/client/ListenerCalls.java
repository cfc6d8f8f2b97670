package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls listeners one at a time and in order: at once on the client's loop, or on an executor of the application, which may
 * have many threads and is never shut down here. What waits for that executor is bounded: {@link #isFull()} tells the loop to
 * stop handling messages, and {@code onRoom} that it may go on.
 */
final class ListenerCalls {

    /** So many calls may wait for the executor until the client stops reading. */
    static final int MAX_WAITING = 1024;

    private static final int TURN = 64;
    private static final Logger log = LoggerFactory.getLogger(ListenerCalls.class);

    private final @Nullable Executor executor;
    private final ClientCounters counters;
    private final Runnable onRoom;

    private volatile boolean refusalLogged;

    // Guarded by this object's monitor.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;
    private boolean wasFull;

    ListenerCalls(@Nullable Executor executor, ClientCounters counters, Runnable onRoom) {
        this.executor = executor;
        this.counters = counters;
        this.onRoom = onRoom;
    }

    /** On the loop: calls now, or as soon as the executor has come so far. */
    void call(Runnable call) {
        if (executor == null) {
            guarded(call);
            return;
        }
        synchronized (this) {
            waiting.add(call);
            if (running) {
                return;
            }
            running = true;
        }
        submit(executor);
    }

    synchronized boolean isFull() {
        wasFull |= waiting.size() >= MAX_WAITING;
        return wasFull;
    }

    private void submit(Executor executor) {
        try {
            executor.execute(() -> turn(executor));
        } catch (RejectedExecutionException e) {
            if (!refusalLogged) {
                refusalLogged = true;
                log.warn("The listener executor refuses work; listeners are called on the client's thread instead");
            }
            while (runOne()) {
                // On this thread instead, so that nothing is lost.
            }
        }
    }

    private void turn(Executor executor) {
        for (int i = 0; i < TURN; i++) {
            if (!runOne()) {
                return;
            }
        }
        submit(executor);
    }

    private boolean runOne() {
        Runnable call;
        boolean room;
        synchronized (this) {
            call = waiting.poll();
            running = call != null;
            room = wasFull && waiting.size() <= MAX_WAITING / 2;
            wasFull &= !room;
        }
        if (room) {
            onRoom.run();
        }
        if (call == null) {
            return false;
        }
        guarded(call);
        return true;
    }

    /** An error of a listener, even an {@link AssertionError}, must not end the thread that others depend on. */
    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            counters.listenerFailures.increment();
            long failures = counters.listenerFailures.sum();
            if (Long.bitCount(failures) == 1) {
                log.warn("A listener failed ({} so far; the log names the 1st, 2nd, 4th, …)", failures, e);
            } else {
                log.debug("A listener failed", e);
            }
        }
    }
}
