package live.telemetry.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import live.telemetry.client.SequenceTracker.Verdict;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One topic as it comes over the present connection, where it has one cursor, and the readers that it is for: one for each
 * subscription that matches the topic. Each reader judges what comes by itself, so that it may stand where it likes: what it has
 * is dropped, what follows is delivered.
 *
 * <p>What passes records over is repaired in up to three steps. A short range is asked for by {@code resync}, while this topic,
 * and no other, is held back. If that does not help in time, within its bounds or at all, the topic is begun anew after the last
 * record that followed. And if the same place is passed over however often it is asked for and begun anew, that is a gap, and the listener is told. Only on the loop.
 */
final class TopicStream {

    private static final Logger log = LoggerFactory.getLogger(TopicStream.class);

    private final Topic topic;
    private final Deliveries deliveries;
    private final ClientCounters counters;
    private final List<TopicReader> readers = new ArrayList<>(1);

    private final StreamCursor cursor = new StreamCursor();
    private final Rewinding rewinding;
    private final Repairs repairs;

    /** Whether everybody has left, so that nobody knows what the server makes of the cursor. */
    private boolean left;

    TopicStream(Topic topic, ClientLoop loop, Deliveries deliveries, ClientCounters counters, StreamRequests server) {
        this.topic = topic;
        this.deliveries = deliveries;
        this.counters = counters;
        this.rewinding = new Rewinding(topic, counters, server);
        this.repairs = new Repairs(this, loop, deliveries, counters, server);
    }

    Topic topic() {
        return topic;
    }

    // ---- readers

    void add(TopicReader reader) {
        if (!readers.contains(reader)) {
            readers.add(reader);
        }
    }

    /**
     * Adds a reader to a stream that has begun for others: it goes on from here if it wants no more, and else the stream is
     * begun anew for it.
     */
    void join(TopicReader reader) {
        if (readers.contains(reader) || rewinding.contains(reader)) {
            return;
        }
        reader.hasNotAsked();
        if (left) {
            if (reader.received.isFresh() && reader.wanted instanceof Since.Now) {
                // No later than now.
                reader.received.moveTo(cursor.position());
            }
            rewinding.beginAnew(List.of(reader));
        } else if (!reader.received.isFresh()) {
            readers.add(reader);
            deliveries.position(reader);
            if (!cursor.gapFollows()) {
                joinAtItsPlace(reader);
            }
        } else if (reader.wanted instanceof Since.Now
                || (cursor.seq() == 0 && !(reader.wanted instanceof Since.After))) {
            // Also where nothing lies before this place.
            readers.add(reader);
            reader.received.moveTo(cursor.position());
            deliveries.position(reader);
        } else {
            rewinding.begin(reader.wanted, List.of(reader));
        }
    }

    private void joinAtItsPlace(TopicReader reader) {
        boolean elsewhere = cursor.isElsewhere(reader);
        if (!elsewhere && reader.received.subscribed(cursor.position(), null) == Verdict.FOLLOWS) {
            deliveries.position(reader);
        } else if (elsewhere) {
            rewinding.beginAnew(List.of(reader));
        } else {
            missing(List.of(reader), cursor.seq(), null);
        }
    }

    void remove(TopicReader reader) {
        readers.remove(reader);
        rewinding.ended(reader);
    }

    boolean hasReaders() {
        return !readers.isEmpty() || !rewinding.isEmpty();
    }

    /** The last reader is gone, but the server may still deliver the topic. */
    void leave() {
        left = true;
        repairs.end();
    }

    /** The connection, or the cursor, is gone. */
    void end() {
        repairs.end();
        readers.clear();
        rewinding.clear();
    }

    // ---- where the cursor stands

    /**
     * The cursor was placed as was asked for these readers. Others that stand elsewhere keep their own place in the same epoch;
     * in another one they ask for themselves, unless something is gone: then the gap that is about to follow decides.
     *
     * @param since what was asked for; null if nothing was
     */
    void begun(Subscribed subscribed, @Nullable Since since, Collection<TopicReader> initiators) {
        rewinding.ended(initiators);
        repairs.end();
        left = false;
        cursor.moveTo(subscribed, false);
        List<TopicReader> behind = new ArrayList<>(0);
        List<TopicReader> elsewhere = new ArrayList<>(0);
        for (TopicReader reader : readers) {
            if (initiators.contains(reader) && cursor.isMeant(reader, subscribed, since)) {
                boolean wantsSnapshot = reader.wanted instanceof Since.Snapshot;
                place(reader, subscribed, wantsSnapshot ? subscribed.snapshot() : null, behind);
                continue;
            }
            reader.hasNotAsked();
            reader.received.cutOff();
            if (reader.received.isFresh() || (subscribed.recovered() && cursor.isElsewhere(reader))) {
                elsewhere.add(reader);
            } else if (subscribed.recovered()) {
                place(reader, subscribed, null, behind);
            }
        }
        goOn(behind, elsewhere);
    }

    /**
     * The server goes on at a place that it names by itself: in a new epoch that has what lies before, or for another
     * subscription. A reader in an epoch that this stream has left before is not meant. If something is gone, the gap that is about
     * to follow decides.
     */
    void continued(Subscribed subscribed) {
        String before = cursor.epoch();
        long at = subscribed.position().seq();
        boolean goesOn = repairs.isGoneOnWith(at, cursor.seq());
        cursor.moveTo(subscribed, goesOn);
        if (!cursor.epoch().equals(before)) {
            // What is held back counts in the epoch that is over; it is asked for anew, with what is missing before it.
            repairs.end();
        }
        boolean recovered = subscribed.recovered();
        List<TopicReader> behind = new ArrayList<>(0);
        List<TopicReader> elsewhere = new ArrayList<>(0);
        for (TopicReader reader : readers) {
            if (reader.received.isFresh()) {
                continue;
            }
            boolean wasHere = reader.last().epoch().equals(before);
            if (recovered && (cursor.comesAlong(reader) || !cursor.isElsewhere(reader))) {
                place(reader, subscribed, null, behind);
            } else if (recovered && wasHere) {
                elsewhere.add(reader);
            }
        }
        if (!repairs.isUnderWay()) {
            goOn(behind, elsewhere);
        }
    }

    private void goOn(List<TopicReader> behind, List<TopicReader> elsewhere) {
        missing(behind, cursor.seq(), null);
        rewinding.beginAnew(rewinding.othersOf(elsewhere));
    }

    private void place(
            TopicReader reader, Subscribed subscribed, @Nullable Integer snapshot, List<TopicReader> behind) {
        Verdict verdict = reader.received.subscribed(subscribed.position(), snapshot);
        if (verdict == Verdict.BEYOND) {
            behind.add(reader);
        } else {
            deliveries.position(reader);
        }
    }

    // ---- what comes

    void record(TelemetryRecord record) {
        if (!repairs.takes(record)) {
            handle(record);
        }
    }

    private void handle(TelemetryRecord record) {
        boolean delivered = false;
        List<TopicReader> behind = null;
        for (int i = 0; i < readers.size(); i++) {
            TopicReader reader = readers.get(i);
            switch (rewinding.waitsForOther(reader, record.seq())
                    ? Verdict.BEYOND
                    : reader.record(cursor.epoch(), record.seq())) {
                case FOLLOWS -> {
                    deliveries.record(reader, record);
                    delivered = true;
                }
                case KNOWN -> {}
                default -> behind = added(behind, reader);
            }
        }
        if (cursor.epoch().isEmpty()) {
            log.debug("A record of {} came under no epoch", topic);
            return;
        }
        cursor.passed(record.seq());
        if (behind != null) {
            missing(behind, record.seq() - 1, record);
        } else if (!delivered && !readers.isEmpty()) {
            counters.duplicatesDropped.increment();
        }
    }

    void gap(Gap gap) {
        if (!repairs.takes(gap)) {
            handle(gap);
        }
    }

    private void handle(Gap gap) {
        String before = cursor.epoch();
        if (gap.reason() == GapReason.EXPIRED && gap.epoch().equals(before)) {
            readers.stream().filter(cursor::comesAlong).forEach(reader -> reader.received.enter(before));
        }
        cursor.moveTo(gap);
        List<TopicReader> behind = null;
        List<TopicReader> snapshots = null;
        for (TopicReader reader : readers) {
            GapEvent event = GapEvent.of(gap, reader.last());
            long lost = reader.received.lostBy(gap);
            boolean meant = !reader.received.isFresh()
                    && (reader.received.countsIn(before) || reader.received.countsIn(gap.epoch()));
            switch (meant ? reader.received.gap(gap) : Verdict.BEYOND) {
                case FOLLOWS -> deliveries.gap(reader, event, lost);
                case KNOWN -> {}
                case BEYOND -> behind = added(behind, reader);
                case SNAPSHOT_AGAIN -> snapshots = added(snapshots, reader);
            }
        }
        if (snapshots != null) {
            rewinding.begin(Since.SNAPSHOT, snapshots);
        }
        if (behind != null) {
            missing(behind, gap.reason() == GapReason.EXPIRED ? gap.from() - 1 : gap.next() - 1, gap);
        }
    }

    private static List<TopicReader> added(@Nullable List<TopicReader> list, TopicReader reader) {
        List<TopicReader> some = list == null ? new ArrayList<>(1) : list;
        some.add(reader);
        return some;
    }

    // ---- what is missing

    /**
     * @param to the last number that is missing, in the stream's epoch
     * @param event what came behind it, to be handled again then; null if nothing has
     */
    private void missing(Collection<TopicReader> behind, long to, @Nullable Object event) {
        List<TopicReader> waiting = rewinding.othersOf(behind);
        if (waiting.isEmpty() || repairs.begin(waiting, cursor.epoch(), to, event)) {
            return;
        }
        boolean passedOver = waiting.removeIf(reader -> passOverIfStuck(reader, to));
        if (passedOver && event != null) {
            handleAgain(event);
        } else {
            rewinding.beginAnew(waiting);
        }
    }

    /** What is missing is not to be had by {@code resync}. */
    void notRepaired(Repair repair) {
        List<TopicReader> behind = new ArrayList<>(repair.behind);
        if (repair.epoch.equals(cursor.epoch())) {
            behind.removeIf(reader -> passOverIfStuck(reader, repair.to));
        }
        rewinding.beginAnew(behind);
    }

    /** The same place is passed over however often it is begun anew: nobody has these records any more. */
    private boolean passOverIfStuck(TopicReader reader, long to) {
        if (!reader.isStuck()) {
            return false;
        }
        Position last = reader.last();
        String epoch = cursor.epoch();
        boolean sameEpoch = last.epoch().equals(epoch);
        Position position = new Position(epoch, to);
        reader.received.moveTo(position);
        GapReason reason = sameEpoch ? GapReason.EXPIRED : GapReason.EPOCH_CHANGED;
        GapEvent gap = new GapEvent(topic, reason, epoch, sameEpoch ? last.seq() + 1 : 1, to, position);
        deliveries.gap(reader, gap, gap.size());
        return true;
    }

    Repairs repairs() {
        return repairs;
    }

    /** The server refuses to begin anew: what this reader misses will be passed over, and told. */
    void cannotBeginAnew(TopicReader reader) {
        rewinding.ended(reader);
        reader.cannotBeginAnew();
    }

    /** What was held back. A new repair may have begun meanwhile, and holds it back again. */
    void handleAgain(Object event) {
        if (event instanceof TelemetryRecord record) {
            record(record);
        } else if (event instanceof Gap gap) {
            gap(gap);
        }
    }
}
