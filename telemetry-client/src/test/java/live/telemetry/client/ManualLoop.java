package live.telemetry.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop on the test's thread, whose clock stands still until it is told to go on. */
final class ManualLoop implements ClientLoop {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long now = 1_000;
    private long numbers;
    private boolean running;
    private boolean held;
    private boolean ended;

    private record Due(long at, long number, Runnable task) {}

    @Override
    public void execute(Runnable task) {
        if (!ended) {
            tasks.add(task);
            if (!held) {
                run();
            }
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Due due = new Due(now + delay.toMillis(), numbers++, task);
        timers.add(due);
        return () -> timers.remove(due);
    }

    @Override
    public long nowMillis() {
        return now;
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void end() {
        ended = true;
        tasks.clear();
        timers.clear();
    }

    boolean hasEnded() {
        return ended;
    }

    /** From now on tasks wait until {@link #release}. */
    void hold() {
        held = true;
    }

    void release() {
        held = false;
        run();
    }

    void advance(Duration time) {
        long target = now + time.toMillis();
        while (!timers.isEmpty() && timers.peek().at() <= target) {
            Due due = timers.poll();
            now = Math.max(now, due.at());
            execute(due.task());
        }
        now = target;
    }

    int timers() {
        return timers.size();
    }

    private void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } finally {
            running = false;
        }
    }
}
