package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.tck.VirtualTime;

/** An event loop that turns when a test says so, in virtual time. Its turns have the order of the real loop's. */
final class TestLoop implements Loop {

    static final long WALL_MILLIS = 1_795_507_200_000L;

    /** So that it overflows soon, as a nanoTime may. */
    private static final long NANO_ORIGIN = Long.MAX_VALUE - 2_000_000_000L;

    /** More turns than any calm takes; a loop that needs them spins. */
    private static final int MANY_TURNS = 20_000;

    private final VirtualTime time;
    private final ReaderTurns turns;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Entry> timers = new PriorityQueue<>(
            Comparator.comparingLong((Entry entry) -> entry.dueNanos).thenComparingLong(entry -> entry.number));
    private final Queue<Runnable> flushes = new ArrayDeque<>();
    private LoopSessions sessions;
    private long timersMade;
    private int wakeUps;

    TestLoop(VirtualTime time, ReaderTurns turns) {
        this.time = time;
        this.turns = turns;
    }

    void host(LoopSessions hosted) {
        sessions = hosted;
    }

    void flushLater(Runnable flush) {
        flushes.add(flush);
    }

    void turn() {
        turns.begin(0);
        try {
            for (int left = tasks.size(); left > 0; left--) {
                tasks.remove().run();
            }
            sessions.followChanges();
            while (nanosToNextTimer() == 0) {
                timers.remove().task.run();
            }
            for (int left = flushes.size(); left > 0; left--) {
                flushes.remove().run();
            }
        } finally {
            turns.end(0);
        }
    }

    /** Turns until there is nothing to do at this moment. */
    void settle() {
        for (int i = 0; hasWork(); i++) {
            if (i == MANY_TURNS) {
                fail("the loop has turned " + i + " times at one moment, and still finds work");
            }
            turn();
        }
    }

    boolean hasWork() {
        return !tasks.isEmpty() || sessions.hasChanges() || !flushes.isEmpty() || nanosToNextTimer() == 0;
    }

    long nanosToNextTimer() {
        Entry next = timers.peek();
        return next == null ? Long.MAX_VALUE : Math.max(0, next.dueNanos - elapsed());
    }

    int timerCount() {
        return timers.size();
    }

    int wakeUps() {
        return wakeUps;
    }

    private long elapsed() {
        return time.now().toNanos();
    }

    @Override
    public int number() {
        return 0;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void wakeUp() {
        wakeUps++;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Entry entry = new Entry(elapsed() + delayNanos, timersMade++, task);
        timers.add(entry);
        return () -> timers.remove(entry);
    }

    @Override
    public long nanoTime() {
        return NANO_ORIGIN + elapsed();
    }

    @Override
    public long wallMillis() {
        return WALL_MILLIS + elapsed() / 1_000_000;
    }

    private record Entry(long dueNanos, long number, Runnable task) {}
}
