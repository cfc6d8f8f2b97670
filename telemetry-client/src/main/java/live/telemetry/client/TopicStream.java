package live.telemetry.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import live.telemetry.client.SequenceTracker.Verdict;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
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
 * record that followed. And if the same place is passed over however often it is asked for and begun anew, that is a gap, and the
 * listener is told. Only on the loop.
 */
final class TopicStream {

    /** So long records are held back at most for a repair. */
    static final Duration REPAIR_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(TopicStream.class);

    private final Topic topic;
    private final ClientLoop loop;
    private final Deliveries deliveries;
    private final ClientCounters counters;
    private final Server server;
    private final List<TopicReader> readers = new ArrayList<>(1);

    // Where the cursor at the server stands, as far as what it sent has been handled.
    private String epoch = "";
    private long seq;

    private @Nullable Repair repair;
    /** Those for whom it is begun anew, until the answer comes: what does not follow for them is dropped, and comes again. */
    private final List<TopicReader> rewinding = new ArrayList<>(0);

    TopicStream(Topic topic, ClientLoop loop, Deliveries deliveries, ClientCounters counters, Server server) {
        this.topic = topic;
        this.loop = loop;
        this.deliveries = deliveries;
        this.counters = counters;
        this.server = server;
    }

    /** What a stream asks of the server. */
    interface Server {

        /** Asks for a range of records. */
        long resync(TopicStream stream, String epoch, long from, long to);

        /** Whatever is answered to that request is out of date. */
        void forget(long requestId);

        /** Moves the topic's cursor at the server, for these readers; {@link TopicStream#begun} follows. */
        void rewind(Topic topic, Since since, Collection<TopicReader> readers);

        /** A record came of a topic that nobody has named. Whether its cursor is now moved to where a pattern wants it. */
        boolean placeUnnamed(Topic topic);
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
        if (!reader.received.isFresh()) {
            readers.add(reader);
            if (reader.isBehind(epoch, seq)) {
                missing(List.of(reader), seq, null);
            } else if (!reader.last().epoch().equals(epoch)) {
                beginAnew(List.of(reader));
            }
        } else if (reader.wanted instanceof Since.Now || (seq == 0 && !(reader.wanted instanceof Since.After))) {
            // Also where nothing lies before this place.
            readers.add(reader);
            reader.received.moveTo(new Position(epoch, seq));
            deliveries.position(reader);
        } else {
            rewind(reader.wanted, List.of(reader));
        }
    }

    void remove(TopicReader reader) {
        readers.remove(reader);
        rewinding.remove(reader);
    }

    boolean hasReaders() {
        return !readers.isEmpty();
    }

    /** The connection, or the last reader, is gone. */
    void end() {
        endRepair();
        readers.clear();
        rewinding.clear();
    }

    private void endRepair() {
        if (repair != null) {
            repair.cancel();
            server.forget(repair.requestId());
            repair = null;
        }
    }

    // ---- where the cursor stands

    /**
     * The cursor was placed as was asked for these readers. Others that stand elsewhere keep their own place in the same epoch;
     * in another one they ask for themselves, unless the position is an old one that was asked for, whose gap is about to follow.
     *
     * @param asked the position that was asked for, if it was one
     */
    void begun(Subscribed subscribed, @Nullable Position asked, Collection<TopicReader> initiators) {
        rewinding.removeAll(initiators);
        endRepair();
        moveTo(subscribed.position());
        List<TopicReader> behind = new ArrayList<>(0);
        List<TopicReader> elsewhere = new ArrayList<>(0);
        for (TopicReader reader : readers) {
            if (initiators.contains(reader) && isMeant(reader, subscribed, asked)) {
                place(reader, subscribed, subscribed.snapshot(), behind);
                continue;
            }
            reader.received.cutOff();
            if (reader.received.isFresh()) {
                elsewhere.add(reader);
            } else if (reader.received.countsIn(epoch)) {
                place(reader, subscribed, null, behind);
            } else if (!subscribed.position().equals(asked)) {
                elsewhere.add(reader);
            }
        }
        missing(behind, seq, null);
        elsewhere.removeAll(rewinding);
        if (!elsewhere.isEmpty()) {
            beginAnew(elsewhere);
        }
    }

    /**
     * The server goes on at a place that it names by itself: in a new epoch with nothing lost, or for another subscription. A
     * reader in an epoch that this stream has left before is not meant.
     */
    void continued(Subscribed subscribed) {
        String before = epoch;
        moveTo(subscribed.position());
        List<TopicReader> behind = new ArrayList<>(0);
        for (TopicReader reader : readers) {
            if (reader.received.countsIn(epoch) || reader.last().epoch().equals(before)) {
                place(reader, subscribed, null, behind);
            }
        }
        if (repair == null) {
            missing(behind, seq, null);
        }
    }

    /**
     * Several readers begin together at one position, which is of no use to one that stands in another epoch; nor is a beginning
     * without a position to one that has one.
     */
    private static boolean isMeant(TopicReader reader, Subscribed subscribed, @Nullable Position asked) {
        if (asked == null) {
            return reader.received.isFresh() || subscribed.snapshot() != null;
        }
        return reader.received.countsIn(asked.epoch());
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

    private void moveTo(Position position) {
        epoch = position.epoch();
        seq = position.seq();
    }

    // ---- what comes

    void record(TelemetryRecord record) {
        Repair underWay = repair;
        if (underWay == null) {
            handle(record);
        } else if (underWay.isAnswering()) {
            repaired(underWay, record);
        } else if (!underWay.hold(record)) {
            counters.heldBackOverflows.increment();
            giveUp(underWay, "more than " + Repair.MAX_HELD + " records were held back");
        }
    }

    private void handle(TelemetryRecord record) {
        boolean delivered = false;
        List<TopicReader> behind = null;
        for (int i = 0; i < readers.size(); i++) {
            TopicReader reader = readers.get(i);
            switch (reader.record(epoch, record.seq())) {
                case FOLLOWS -> {
                    deliveries.record(reader, record);
                    delivered = true;
                }
                case KNOWN -> {}
                default -> behind = added(behind, reader);
            }
        }
        if (epoch.isEmpty()) {
            log.debug("A record of {} came under no epoch", topic);
            return;
        }
        seq = Math.max(seq, record.seq());
        if (behind != null) {
            missing(behind, record.seq() - 1, record);
        } else if (!delivered) {
            counters.duplicatesDropped.increment();
        }
    }

    void gap(Gap gap) {
        Repair underWay = repair;
        if (underWay == null) {
            handle(gap);
        } else if (!underWay.hold(gap)) {
            counters.heldBackOverflows.increment();
            giveUp(underWay, "more than " + Repair.MAX_HELD + " records were held back");
        }
    }

    private void handle(Gap gap) {
        moveTo(new Position(gap.epoch(), gap.next() - 1));
        List<TopicReader> behind = null;
        List<TopicReader> snapshots = null;
        for (TopicReader reader : readers) {
            long lost = reader.received.lostBy(gap);
            switch (reader.received.gap(gap)) {
                case FOLLOWS -> deliveries.gap(reader, GapEvent.of(gap), lost);
                case KNOWN -> {}
                case BEYOND -> behind = added(behind, reader);
                case SNAPSHOT_AGAIN -> snapshots = added(snapshots, reader);
            }
        }
        if (snapshots != null) {
            rewind(Since.SNAPSHOT, snapshots);
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
        Set<TopicReader> waiting = new LinkedHashSet<>(behind);
        rewinding.forEach(waiting::remove);
        if (waiting.isEmpty()) {
            return;
        }
        long last = to;
        if (repair != null) {
            // A reader has joined meanwhile.
            waiting.addAll(repair.behind);
            last = Math.max(to, repair.to);
        }
        long from =
                waiting.stream().mapToLong(reader -> reader.last().seq()).min().orElseThrow() + 1;
        boolean oneEpoch = !epoch.isEmpty()
                && waiting.stream().allMatch(reader -> reader.last().epoch().equals(epoch));
        if (oneEpoch && last - from + 1 <= Repair.MAX_RANGE) {
            repair(new Repair(waiting, epoch, from, last), event);
            return;
        }
        boolean passedOver = waiting.removeIf(reader -> passOverIfStuck(reader, to));
        if (passedOver && event != null) {
            handleAgain(event);
        } else if (!waiting.isEmpty()) {
            beginAnew(waiting);
        }
    }

    private void repair(Repair begun, @Nullable Object event) {
        if (repair != null) {
            begun.holdAll(repair);
            endRepair();
        }
        if (event instanceof TelemetryRecord record) {
            begun.hold(record);
        } else if (event instanceof Gap gap) {
            begun.hold(gap);
        }
        begun.expireAt(loop.schedule(REPAIR_TIMEOUT, () -> giveUp(begun, "no answer within " + REPAIR_TIMEOUT)));
        repair = begun;
        ask(begun);
    }

    private void ask(Repair underWay) {
        counters.resyncs.increment();
        log.debug("{}: asking for {} to {} of epoch {}", topic, underWay.from(), underWay.to, underWay.epoch);
        underWay.asked(server.resync(this, underWay.epoch, underWay.from(), underWay.to));
    }

    /** The same place is passed over however often it is begun anew: nobody has these records any more. */
    private boolean passOverIfStuck(TopicReader reader, long to) {
        if (!reader.isStuck()) {
            return false;
        }
        Position last = reader.last();
        boolean sameEpoch = last.epoch().equals(epoch);
        Position position = new Position(epoch, to);
        reader.received.moveTo(position);
        GapReason reason = sameEpoch ? GapReason.EXPIRED : GapReason.EPOCH_CHANGED;
        GapEvent gap = new GapEvent(topic, reason, epoch, sameEpoch ? last.seq() + 1 : 1, to, position);
        deliveries.gap(reader, gap, gap.size());
        return true;
    }

    /** Begins anew after the last record that followed. What is held back comes again. */
    private void beginAnew(Collection<TopicReader> behind) {
        endRepair();
        counters.resubscriptions.increment();
        TopicReader first = behind.iterator().next();
        if (first.received.isFresh()) {
            rewind(first.wanted, List.of(first));
            return;
        }
        String from = first.last().epoch();
        List<TopicReader> together = behind.stream()
                .filter(reader -> reader.last().epoch().equals(from))
                .toList();
        long lowest =
                together.stream().mapToLong(reader -> reader.last().seq()).min().orElseThrow();
        rewind(Since.after(new Position(from, lowest)), together);
    }

    private void rewind(Since since, List<TopicReader> together) {
        log.debug("{}: beginning anew at {}", topic, since);
        together.forEach(TopicReader::beginsAnew);
        rewinding.addAll(together);
        server.rewind(topic, since, together);
    }

    /** The server refuses to begin anew: what this reader misses will be passed over, and told. */
    void cannotBeginAnew(TopicReader reader) {
        rewinding.remove(reader);
        reader.cannotBeginAnew();
    }

    // ---- the answer to resync

    void resyncing(@Nullable Long id) {
        if (repair != null && repair.isAsked(id)) {
            repair.beginAnswer();
        }
    }

    private void repaired(Repair underWay, TelemetryRecord record) {
        for (TopicReader reader : underWay.behind) {
            if (reader.record(underWay.epoch, record.seq()) == Verdict.FOLLOWS) {
                counters.repaired.increment();
                deliveries.record(reader, record);
            }
        }
    }

    /** A gap within the answer: these records are gone. */
    void gapInAnswer(Gap gap) {
        Repair underWay = repair;
        if (underWay == null || !underWay.isAsked(gap.id())) {
            return;
        }
        if (gap.reason() != GapReason.EXPIRED || !gap.epoch().equals(underWay.epoch)) {
            giveUp(underWay, "its epoch is over");
            return;
        }
        for (TopicReader reader : underWay.behind) {
            long last = reader.last().seq();
            if (gap.from() <= last + 1 && gap.to() > last) {
                Position position = new Position(gap.epoch(), gap.to());
                reader.received.moveTo(position);
                deliveries.gap(
                        reader,
                        new GapEvent(topic, gap.reason(), gap.epoch(), last + 1, gap.to(), position),
                        gap.to() - last);
            }
        }
    }

    void resynced(Resynced answer) {
        Repair underWay = repair;
        if (underWay == null || !underWay.isAsked(answer.id())) {
            return;
        }
        if (underWay.isWhole()) {
            goOn(underWay);
        } else if (answer.to() >= underWay.from() && answer.to() < underWay.to) {
            underWay.answeredTo(answer.to());
            ask(underWay);
        } else {
            giveUp(underWay, "the answer has not all of it");
        }
    }

    void refused(Failure failure) {
        if (repair != null && repair.isAsked(failure.id())) {
            giveUp(repair, failure.code() + " " + failure.message());
        }
    }

    private void giveUp(Repair underWay, String why) {
        if (repair != underWay) {
            return;
        }
        log.debug("{}: the repair is given up: {}", topic, why);
        List<TopicReader> behind = new ArrayList<>(underWay.behind);
        if (underWay.epoch.equals(epoch)) {
            behind.removeIf(reader -> passOverIfStuck(reader, underWay.to));
        }
        if (behind.isEmpty()) {
            goOn(underWay);
        } else {
            beginAnew(behind);
        }
    }

    private void goOn(Repair done) {
        endRepair();
        handleAll(done.held());
    }

    private void handleAll(Queue<Object> events) {
        for (Object event = events.poll(); event != null; event = events.poll()) {
            handleAgain(event);
        }
    }

    private void handleAgain(Object event) {
        // A new repair may have begun meanwhile, and holds it back again.
        if (event instanceof TelemetryRecord record) {
            record(record);
        } else if (event instanceof Gap gap) {
            gap(gap);
        }
    }
}
