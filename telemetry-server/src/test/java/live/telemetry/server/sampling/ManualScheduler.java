package live.telemetry.server.sampling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that a test moves; ticks run in the thread that moves it. */
final class ManualScheduler implements TickScheduler {

    private record Pending(Runnable tick, long atNanos) {}

    private final List<Pending> pending = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1_000; // so that it overflows in every test, as nanoTime may
    private boolean closed;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized void schedule(Runnable tick, long delayNanos) {
        if (!closed) {
            pending.add(new Pending(tick, now + Math.max(0, delayNanos)));
        }
    }

    /** Goes forward, stopping at each tick that is due on the way. */
    void advance(Duration duration) {
        long end = nanoTime() + duration.toNanos();
        Pending next = takeDueBy(end);
        while (next != null) {
            jumpTo(next.atNanos());
            next.tick().run();
            next = takeDueBy(end);
        }
        jumpTo(end);
    }

    /** The whole process stands still that long, then runs what is overdue. */
    void pause(Duration duration) {
        jumpTo(nanoTime() + duration.toNanos());
        advance(Duration.ZERO);
    }

    private synchronized void jumpTo(long nanos) {
        if (nanos - now > 0) {
            now = nanos;
        }
    }

    private synchronized Pending takeDueBy(long end) {
        long from = now;
        Pending first = pending.stream()
                .filter(each -> each.atNanos() - end <= 0)
                .min(Comparator.comparingLong(each -> each.atNanos() - from))
                .orElse(null);
        pending.remove(first);
        return first;
    }

    @Override
    public synchronized void close() {
        closed = true;
        pending.clear();
    }
}
