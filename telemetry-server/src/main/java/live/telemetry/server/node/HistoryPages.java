package live.telemetry.server.node;

import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.server.log.DetachedRun;
import live.telemetry.server.log.Framing;
import org.jspecify.annotations.Nullable;

/**
 * Reads and encodes pages of a broadcaster's history, and keeps them for a moment: a thousand sessions that come to a cold node
 * read the history once, wherever each of them stands and in whatever order they come. To that end pages begin at multiples of
 * their length; only a position about which such a page does not tell is asked for itself.
 *
 * <p>A page that was read answers as long as its epoch is that of the node's log. It says less than the store could by then, but
 * nothing wrong: records of an epoch do not change.
 *
 * <p>Bound: bytes of heap, of all pages together, those that slow readers stand in included. At the bound, and when it is
 * {@link #KEPT} old, the page that was read first is dropped; the newest one stays.
 *
 * <p>Threads: any. The lock is held for a moment, never while the broadcaster is asked or readers are told.
 */
final class HistoryPages {

    /** Clients that lose their node come within some seconds: they wait for random times before they connect. */
    static final Duration KEPT = Duration.ofSeconds(10);

    private final BroadcasterQuestions questions;
    private final Framing framing;
    private final long maxBytes;
    private final NodeClock clock;

    // Guarded by this.
    /** Those that are being read, and those that are kept. */
    private final NavigableMap<Key, Reading> readings = new TreeMap<>(Key.ORDER);
    /** In the order in which they were read. */
    private final Set<Reading> kept = new LinkedHashSet<>();

    private long keptBytes;
    private long droppedPages;

    HistoryPages(Broadcaster broadcaster, Framing framing, long maxBytes, NodeClock clock) {
        this.questions = new BroadcasterQuestions(broadcaster);
        this.framing = framing;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * What lies behind a position.
     *
     * @param epoch the current one, as far as this node knows
     */
    CompletionStage<HistoryPage> read(Topic topic, Position after, String epoch) {
        Key asked = new Key(topic, after);
        Reading near = nearest(asked, epoch);
        Reading reading = near == null ? begin(asked.block(), epoch) : near;
        return reading.answer.thenCompose(page -> {
            HistoryPage seen = page.seenFrom(reading.key.after, after);
            return seen == null ? begin(asked, epoch).answer : CompletableFuture.completedFuture(seen);
        });
    }

    synchronized long keptBytes() {
        return keptBytes;
    }

    /** Pages that were dropped because there was no room. */
    synchronized long droppedPages() {
        return droppedPages;
    }

    /** To be called now and then, since pages may be the last that anybody asks for. */
    synchronized void dropOld() {
        Iterator<Reading> oldest = kept.iterator();
        while (oldest.hasNext()) {
            Reading reading = oldest.next();
            if (clock.nanoTime() - reading.readAtNanos < KEPT.toNanos()) {
                return;
            }
            oldest.remove();
            forget(reading);
        }
    }

    private synchronized @Nullable Reading nearest(Key asked, String epoch) {
        dropOld();
        Map.Entry<Key, Reading> before = readings.floorEntry(asked);
        return before != null && before.getValue().mayAnswer(asked, epoch) ? before.getValue() : null;
    }

    private Reading begin(Key key, String epoch) {
        Reading mine = new Reading(key);
        synchronized (this) {
            Reading others = readings.get(key);
            if (others != null && others.isUsable(epoch)) {
                return others;
            }
            if (others != null && kept.remove(others)) {
                forget(others);
            }
            readings.put(key, mine);
        }
        questions
                .history(key.topic, key.after)
                .thenApply(this::encode)
                .whenComplete((page, error) -> ended(mine, page, error));
        return mine;
    }

    private void ended(Reading reading, @Nullable HistoryPage page, @Nullable Throwable error) {
        if (page == null) {
            forget(reading);
            reading.answer.completeExceptionally(error);
            return;
        }
        if (page.run() == null) {
            forget(reading);
        } else {
            keep(reading, page);
        }
        reading.answer.complete(page);
    }

    private synchronized void keep(Reading reading, HistoryPage page) {
        reading.page = page;
        reading.readAtNanos = clock.nanoTime();
        kept.add(reading);
        keptBytes += reading.heapBytes();
        Iterator<Reading> oldest = kept.iterator();
        while (keptBytes > maxBytes && kept.size() > 1) {
            Reading dropped = oldest.next();
            oldest.remove();
            forget(dropped);
            droppedPages++;
        }
    }

    private synchronized void forget(Reading reading) {
        readings.remove(reading.key, reading);
        keptBytes -= reading.heapBytes();
        reading.drop();
    }

    private HistoryPage encode(History history) {
        List<TelemetryRecord> records = history.records();
        HistoryRun run = records.isEmpty()
                ? null
                : new HistoryRun(new DetachedRun(
                        history.next(),
                        records.stream()
                                .map(record -> framing.frame(EnvelopeCodec.encodeData(record)))
                                .toList()));
        return new HistoryPage(history.continuity(), history.head(), history.next(), run);
    }

    /** One look into the history. What changes is guarded by the pages' lock. */
    private static final class Reading {

        final Key key;
        final CompletableFuture<HistoryPage> answer = new CompletableFuture<>();
        /** Null while it is being read. */
        @Nullable
        HistoryPage page;

        long readAtNanos;

        Reading(Key key) {
            this.key = key;
        }

        boolean isUsable(String epoch) {
            return page == null || page.head().epoch().equals(epoch);
        }

        /** Whether this is worth waiting for, or tells already. */
        boolean mayAnswer(Key asked, String epoch) {
            if (!isUsable(epoch) || !key.isOfEpochOf(asked)) {
                return false;
            }
            return page == null ? key.block().equals(asked.block()) : page.seenFrom(key.after, asked.after) != null;
        }

        long heapBytes() {
            return page == null || page.run() == null ? 0 : page.run().heapBytes();
        }

        void drop() {
            if (page != null && page.run() != null) {
                page.run().drop();
            }
        }
    }

    private record Key(Topic topic, Position after) {

        static final Comparator<Key> ORDER = Comparator.<Key, String>comparing(key -> key.topic.name())
                .thenComparing(key -> key.after.epoch())
                .thenComparingLong(key -> key.after.seq());

        /** Where the page begins that a position belongs to. */
        Key block() {
            long begin = after.seq() - after.seq() % Node.HISTORY_PAGE;
            return new Key(topic, new Position(after.epoch(), begin));
        }

        boolean isOfEpochOf(Key other) {
            return topic.equals(other.topic) && after.epoch().equals(other.after.epoch());
        }
    }
}
