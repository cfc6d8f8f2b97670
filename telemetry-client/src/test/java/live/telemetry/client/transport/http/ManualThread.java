package live.telemetry.client.transport.http;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A session's thread that is the test's, whose clock stands still until it is told to go on. */
final class ManualThread implements SessionThread {

    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long now = 1_000;
    private long numbers;

    private record Due(long at, long number, Runnable task) {}

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        timers.add(new Due(now + delay.toMillis(), numbers++, task));
    }

    @Override
    public long nowMillis() {
        return now;
    }

    void advance(Duration by) {
        long end = now + by.toMillis();
        for (Due next = timers.peek(); next != null && next.at <= end; next = timers.peek()) {
            timers.remove();
            now = next.at;
            next.task.run();
        }
        now = end;
    }
}
