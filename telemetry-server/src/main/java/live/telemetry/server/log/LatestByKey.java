package live.telemetry.server.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.server.log.LatestFrames.Frame;
import org.jspecify.annotations.Nullable;

/**
 * The latest record of each key of a topic, in the order of their numbers. It stands beside the log, so that a key that
 * changes rarely is still there when retention has long dropped its record. Records without a key share one.
 *
 * <p>Bounds: keys and bytes of this topic, and bytes of all topics ({@link LatestBudget}); at each the key that has been silent
 * for longest goes, and is counted.
 *
 * <p>Threads: guarded by the lock of the log that it belongs to.
 */
final class LatestByKey {

    /** A key is never empty, so this cannot be one. */
    private static final String NO_KEY = "";

    private final LatestBudget budget;
    private final long maxBytes;
    private final Map<String, Link> byKey = new HashMap<>(2);
    private @Nullable Link oldest;
    private @Nullable Link newest;
    private long bytes;

    LatestByKey(LatestBudget budget, long maxBytes) {
        this.budget = budget;
        this.maxBytes = maxBytes;
    }

    void put(@Nullable String key, long seq, byte[] frame) {
        String name = key == null ? NO_KEY : key;
        Link link = byKey.get(name);
        if (link == null) {
            link = new Link(name);
            byKey.put(name, link);
        } else {
            unlink(link);
        }
        link.frame = new Frame(seq, frame);
        append(link);
        keepBounds();
    }

    private void keepBounds() {
        while (byKey.size() > budget.maxKeysPerTopic()
                || ((bytes > maxBytes || budget.isExceeded()) && oldest != newest)) {
            drop();
        }
    }

    /** Nothing will be added any more: what is here, for those who still read it, counts no longer. */
    void release() {
        budget.use(-bytes);
    }

    /** Whether some key's latest record stands above a number. */
    boolean hasAbove(long seq) {
        return newest != null && newest.frame.seq() > seq;
    }

    /** Takes in what was read later than it was written: of each key the later record stays. */
    void addEarlier(LatestByKey earlier) {
        Link behind = newest;
        for (Link link = earlier.newest; link != null; link = link.previous) {
            Link known = byKey.get(link.key);
            if (known != null && known.frame.seq() >= link.frame.seq()) {
                continue;
            }
            if (known != null) {
                behind = known == behind ? known.previous : behind;
                unlink(known);
            }
            while (behind != null && behind.frame.seq() > link.frame.seq()) {
                behind = behind.previous;
            }
            Link added = new Link(link.key);
            added.frame = link.frame;
            byKey.put(added.key, added);
            insertBehind(behind, added);
        }
        keepBounds();
    }

    /** A copy without what was taken back: the records above a number. */
    LatestByKey upTo(long seq) {
        LatestByKey kept = new LatestByKey(budget, maxBytes);
        for (Link link = oldest; link != null && link.frame.seq() <= seq; link = link.next) {
            Link copy = new Link(link.key);
            copy.frame = link.frame;
            kept.byKey.put(copy.key, copy);
            kept.append(copy);
        }
        return kept;
    }

    /** The latest records above {@code after}, ascending, as many as fit into both bounds and at least one. */
    LatestFrames after(long after, long head, long maxBytes, int maxFrames) {
        Link first = null;
        for (Link link = newest; link != null && link.frame.seq() > after; link = link.previous) {
            first = link;
        }
        List<Frame> frames = new ArrayList<>();
        long size = 0;
        for (Link link = first; link != null; link = link.next) {
            size += link.frame.bytes().length;
            boolean full = size > maxBytes || frames.size() >= maxFrames;
            if (full && !frames.isEmpty()) {
                return new LatestFrames(frames.get(frames.size() - 1).seq(), frames);
            }
            frames.add(link.frame);
        }
        return new LatestFrames(head, frames);
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return byKey.size();
    }

    private void drop() {
        Link victim = oldest;
        if (victim == null) {
            return;
        }
        unlink(victim);
        byKey.remove(victim.key);
        budget.keyDropped();
    }

    private void append(Link link) {
        insertBehind(newest, link);
    }

    private void insertBehind(@Nullable Link previous, Link link) {
        Link next = previous == null ? oldest : previous.next;
        link.previous = previous;
        link.next = next;
        if (previous == null) {
            oldest = link;
        } else {
            previous.next = link;
        }
        if (next == null) {
            newest = link;
        } else {
            next.previous = link;
        }
        bytes += link.frame.bytes().length;
        budget.use(link.frame.bytes().length);
    }

    private void unlink(Link link) {
        if (link.previous == null) {
            oldest = link.next;
        } else {
            link.previous.next = link.next;
        }
        if (link.next == null) {
            newest = link.previous;
        } else {
            link.next.previous = link.previous;
        }
        bytes -= link.frame.bytes().length;
        budget.use(-link.frame.bytes().length);
    }

    private static final class Link {
        private static final Frame NONE = new Frame(0, new byte[0]);

        private final String key;
        private Frame frame = NONE;
        private @Nullable Link previous;
        private @Nullable Link next;

        private Link(String key) {
            this.key = key;
        }
    }
}
