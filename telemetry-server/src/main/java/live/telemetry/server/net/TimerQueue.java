package live.telemetry.server.net;

import java.util.PriorityQueue;
import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;

/** The timers of one event loop, the earliest first. Confined to the loop. */
final class TimerQueue {

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long added;

    Loop.Timer add(long dueNanos, Runnable task) {
        Entry entry = new Entry(dueNanos, added++, task);
        entries.add(entry);
        return entry;
    }

    /** Nanoseconds until the earliest is due, at least 0; a large number if there is none. */
    long untilNext(long now) {
        Entry first = entries.peek();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.dueNanos - now);
    }

    /** The next task that is due, or null. */
    @Nullable
    Runnable takeDue(long now) {
        Entry first = entries.peek();
        if (first == null || first.dueNanos - now > 0) {
            return null;
        }
        entries.remove();
        return first.task;
    }

    private final class Entry implements Loop.Timer, Comparable<Entry> {
        private final long dueNanos;
        private final long number;
        private final Runnable task;

        private Entry(long dueNanos, long number, Runnable task) {
            this.dueNanos = dueNanos;
            this.number = number;
            this.task = task;
        }

        @Override
        public void cancel() {
            entries.remove(this);
        }

        @Override
        public int compareTo(Entry other) {
            // By difference: nanoTime has no beginning.
            int byTime = Long.signum(dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
