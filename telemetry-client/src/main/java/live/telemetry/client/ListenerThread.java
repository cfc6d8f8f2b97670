package live.telemetry.client;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where listeners are called unless the application says otherwise: one daemon thread, which is there only while it is needed. */
final class ListenerThread implements Executor {

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ThreadPoolExecutor executor;

    ListenerThread(String name) {
        executor = new ThreadPoolExecutor(
                1, 1, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Lets the thread go as soon as what is waiting has been done. */
    void end() {
        // A shutdown would refuse the turns that what is waiting still asks for.
        executor.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }
}
