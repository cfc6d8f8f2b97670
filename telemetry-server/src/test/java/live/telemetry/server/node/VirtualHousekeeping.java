package live.telemetry.server.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import live.telemetry.tck.VirtualTime;

/** Housekeeping in virtual time; also a node's clocks. */
final class VirtualHousekeeping extends AbstractExecutorService implements ScheduledExecutorService, NodeClock {

    private final VirtualTime time;
    /** Tasks that wait, those that are repeated included. */
    int waiting;

    VirtualHousekeeping(VirtualTime time) {
        this.time = time;
    }

    @Override
    public long nanoTime() {
        // Overflows within a test, as nanoTime may.
        return Long.MAX_VALUE - Duration.ofSeconds(1).toNanos() + time.now().toNanos();
    }

    @Override
    public long wallMillis() {
        return time.now().toMillis();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        waiting++;
        time.after(Duration.of(delay, unit.toChronoUnit()), () -> {
            waiting--;
            command.run();
        });
        return new Handle();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    command.run();
                    scheduleWithFixedDelay(command, delay, delay, unit);
                },
                initialDelay,
                unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable command) {
        time.after(Duration.ZERO, command);
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    /** Nobody looks at it. */
    private static final class Handle extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }
}
