package live.telemetry.server;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the application's listener on a thread of its own, so that whatever it does delays no event loop. Any thread. */
final class ListenerCalls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerCalls.class);
    private static final int MAX_WAITING = 10_000;

    private final ServerListener listener;
    private final ThreadPoolExecutor executor;
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failures = new LongAdder();

    ListenerCalls(ServerListener listener, String threadName) {
        this.listener = listener;
        this.executor = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), DaemonThreads.named(threadName));
        executor.allowCoreThreadTimeOut(true);
    }

    void call(Consumer<ServerListener> event) {
        if (listener == ServerListener.NONE) {
            return;
        }
        try {
            executor.execute(() -> callNow(event));
        } catch (RejectedExecutionException e) {
            dropped.increment();
        }
    }

    private void callNow(Consumer<ServerListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | Error e) {
            failures.increment();
            LOG.warn("the server's listener failed", e);
        }
    }

    long dropped() {
        return dropped.sum();
    }

    long failures() {
        return failures.sum();
    }

    /** What waits is still called, for as long as the process lives. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
