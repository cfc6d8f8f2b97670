package live.telemetry.server.net;

import java.util.PriorityQueue;
import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one event loop, the earliest first. A cancelled one only forgets its task, since to find it would cost a look
 * at all of them; it is taken out when it comes first, or when half of all are cancelled. Confined to the loop.
 */
final class TimerQueue {

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long added;
    private int cancelled;

    Loop.Timer add(long dueNanos, Runnable task) {
        Entry entry = new Entry(dueNanos, added++, task);
        entries.add(entry);
        return entry;
    }

    /** Nanoseconds until the earliest is due, at least 0; a large number if there is none. */
    long untilNext(long now) {
        Entry first = first();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.dueNanos - now);
    }

    /** The next task that is due, or null. */
    @Nullable
    Runnable takeDue(long now) {
        Entry first = first();
        if (first == null || first.dueNanos - now > 0) {
            return null;
        }
        entries.remove();
        Runnable task = first.task;
        first.task = null;
        return task;
    }

    private @Nullable Entry first() {
        Entry first;
        while ((first = entries.peek()) != null && first.task == null) {
            entries.remove();
            cancelled--;
        }
        return first;
    }

    private final class Entry implements Loop.Timer, Comparable<Entry> {
        private final long dueNanos;
        private final long number;
        /** Null once it has been taken or cancelled. */
        private @Nullable Runnable task;

        private Entry(long dueNanos, long number, Runnable task) {
            this.dueNanos = dueNanos;
            this.number = number;
            this.task = task;
        }

        @Override
        public void cancel() {
            if (task == null) {
                return;
            }
            task = null;
            cancelled++;
            if (cancelled > entries.size() / 2) {
                entries.removeIf(entry -> entry.task == null);
                cancelled = 0;
            }
        }

        @Override
        public int compareTo(Entry other) {
            // By difference: nanoTime has no beginning.
            int byTime = Long.signum(dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
