package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls listeners one at a time and in order, on an executor that may have many threads and is never shut down here. What waits
 * for it is bounded: {@link #isFull()} tells the loop to stop handling messages, and {@code onRoom} that it may go on.
 */
final class ListenerCalls {

    private static final int TURN = 64;
    private static final Logger log = LoggerFactory.getLogger(ListenerCalls.class);

    private final Executor executor;
    private final ClientLimits limits;
    private final ClientCounters counters;
    private final Runnable onRoom;

    private volatile boolean refusalLogged;
    private volatile @Nullable Thread caller;

    // Guarded by this object's monitor.
    private final Queue<Call> waiting = new ArrayDeque<>();
    private long waitingChars;
    private boolean running;
    private boolean wasFull;

    private record Call(Runnable run, int chars) {}

    ListenerCalls(Executor executor, ClientLimits limits, ClientCounters counters, Runnable onRoom) {
        this.executor = executor;
        this.limits = limits;
        this.counters = counters;
        this.onRoom = onRoom;
    }

    /** On the loop: calls as soon as the executor has come so far. */
    void call(Runnable call) {
        call(0, call);
    }

    /** @param chars how much is kept in memory for it */
    void call(int chars, Runnable call) {
        synchronized (this) {
            waiting.add(new Call(call, chars));
            waitingChars += chars;
            if (running) {
                return;
            }
            running = true;
        }
        submit();
    }

    synchronized boolean isFull() {
        wasFull |= waiting.size() >= limits.waitingCalls() || waitingChars >= limits.waitingChars();
        return wasFull;
    }

    /** Whether the caller is a listener. */
    boolean isCurrent() {
        return Thread.currentThread() == caller;
    }

    private void submit() {
        try {
            executor.execute(this::turn);
        } catch (RuntimeException | Error e) {
            if (!refusalLogged) {
                refusalLogged = true;
                log.warn("The listener executor refuses work; listeners are called on the client's thread instead", e);
            }
            while (runOne()) {
                // On this thread instead, so that nothing is lost.
            }
        }
    }

    private void turn() {
        for (int i = 0; i < TURN; i++) {
            if (!runOne()) {
                return;
            }
        }
        submit();
    }

    private boolean runOne() {
        Call call;
        boolean room;
        synchronized (this) {
            call = waiting.poll();
            running = call != null;
            waitingChars -= call == null ? 0 : call.chars;
            room = wasFull && waiting.size() <= limits.waitingCalls() / 2 && waitingChars <= limits.waitingChars() / 2;
            wasFull &= !room;
            if (!running) {
                notifyAll();
            }
        }
        if (room) {
            onRoom.run();
        }
        if (call == null) {
            return false;
        }
        caller = Thread.currentThread();
        try {
            guarded(call.run);
        } finally {
            caller = null;
        }
        return true;
    }

    /** Waits until nothing is running or waiting; false if that takes longer. */
    synchronized boolean awaitIdle(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (running) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
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
