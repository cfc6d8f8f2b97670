package live.telemetry.server.net.tls;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what of a handshake takes long, signing above all, off the event loops. Half of the cores at most, so that a crowd that
 * reconnects leaves something to those who are connected. Any thread.
 */
public final class HandshakeTasks implements Executor, AutoCloseable {

    private static final int MAX_WAITING = 10_000;

    private final ThreadPoolExecutor executor;

    /**
     * No thread runs before there is something to do.
     *
     * @param threads makes the threads
     */
    public HandshakeTasks(ThreadFactory threads) {
        int most = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        this.executor = new ThreadPoolExecutor(
                most, most, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), threads);
        executor.allowCoreThreadTimeOut(true);
    }

    /** @throws java.util.concurrent.RejectedExecutionException if {@value #MAX_WAITING} wait already */
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
