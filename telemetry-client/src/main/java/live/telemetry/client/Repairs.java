package live.telemetry.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The repairs of one topic's stream by {@code resync}, one at a time. Only on the loop. */
final class Repairs {

    /** So long records are held back at most for a repair. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Repairs.class);

    private final TopicStream stream;
    private final ClientLoop loop;
    private final Deliveries deliveries;
    private final ClientCounters counters;
    private final StreamRequests server;

    private @Nullable Repair underWay;

    /** Whether what comes is the answer to a repair that was given up. */
    private boolean answersToNobody;

    Repairs(
            TopicStream stream,
            ClientLoop loop,
            Deliveries deliveries,
            ClientCounters counters,
            StreamRequests server) {
        this.stream = stream;
        this.loop = loop;
        this.deliveries = deliveries;
        this.counters = counters;
        this.server = server;
    }

    boolean isUnderWay() {
        return underWay != null;
    }

    /** Whether a log that goes on behind this number goes on where the stream stands, with what is held back. */
    boolean isGoneOnWith(long seq, long streamSeq) {
        return underWay == null ? seq == streamSeq : underWay.isGoneOnWith(seq, streamSeq);
    }

    /**
     * Asks for what is missing, with what a repair that is under way has asked for; false if it is too much for that, or in
     * another epoch.
     *
     * @param event what came behind what is missing; null if nothing has
     */
    boolean begin(Collection<TopicReader> waiting, String epoch, long to, @Nullable Object event) {
        Repair replaced = underWay;
        Set<TopicReader> behind = new LinkedHashSet<>(waiting);
        behind.addAll(replaced == null ? List.of() : replaced.behind);
        long last = replaced == null ? to : Math.max(to, replaced.to);
        boolean oneEpoch = !epoch.isEmpty()
                && behind.stream().allMatch(reader -> reader.last().epoch().equals(epoch));
        if (!oneEpoch || last - TopicReader.lowest(behind) > Repair.MAX_RANGE) {
            return false;
        }
        Repair begun = new Repair(behind, epoch, TopicReader.lowest(behind) + 1, last);
        if (replaced != null) {
            leave();
            begun.holdAll(replaced);
            answersToNobody = replaced.isAnswering();
        }
        if (event instanceof TelemetryRecord record) {
            begun.hold(record);
        } else if (event instanceof Gap gap) {
            begun.hold(gap);
        }
        begun.expireAt(loop.schedule(TIMEOUT, () -> giveUp(begun, "no answer within " + TIMEOUT)));
        underWay = begun;
        ask(begun);
        return true;
    }

    private void ask(Repair repair) {
        counters.resyncs.increment();
        log.debug("{}: asking for {} to {} of epoch {}", stream.topic(), repair.from(), repair.to, repair.epoch);
        repair.asked(server.resync(stream, repair.epoch, repair.from(), repair.to));
    }

    /** The stream begins anew, or ends: what is held back is of no use. */
    void end() {
        leave();
        answersToNobody = false;
    }

    private void leave() {
        if (underWay != null) {
            underWay.cancel();
            server.forget(underWay.requestId());
            underWay = null;
        }
    }

    // ---- what comes

    /** Whether a record is part of an answer, or held back. */
    boolean takes(TelemetryRecord record) {
        Repair repair = underWay;
        if (repair == null || answersToNobody) {
            return answersToNobody;
        }
        if (repair.isAnswering()) {
            repair.answer(record, deliveries, counters);
            return true;
        }
        return repair.hold(record) || overflows(repair, record);
    }

    /** Whether a gap is held back. */
    boolean takes(Gap gap) {
        return underWay != null && (underWay.hold(gap) || overflows(underWay, gap));
    }

    private boolean overflows(Repair repair, Object event) {
        counters.heldBackOverflows.increment();
        giveUp(repair, "more than " + Repair.MAX_HELD + " records were held back");
        stream.handleAgain(event);
        return true;
    }

    // ---- the answer

    void on(@Nullable Long resyncing) {
        if (underWay != null && underWay.isAsked(resyncing)) {
            underWay.beginAnswer();
            answersToNobody = false;
        } else {
            answersToNobody = true;
        }
    }

    /** A gap within the answer: these records are gone. */
    void on(Gap gap) {
        Repair repair = underWay;
        if (repair == null || !repair.isAsked(gap.id())) {
            return;
        }
        if (gap.reason() == GapReason.EXPIRED && gap.epoch().equals(repair.epoch)) {
            repair.answer(gap, deliveries);
        } else {
            giveUp(repair, "its epoch is over");
        }
    }

    void on(Resynced answer) {
        Repair repair = underWay;
        if (repair == null || !repair.isAsked(answer.id())) {
            answersToNobody = false;
        } else if (repair.isWhole()) {
            end();
            handleHeld(repair);
        } else if (answer.to() >= repair.from() && answer.to() < repair.to) {
            repair.answeredTo(answer.to());
            ask(repair);
        } else {
            repair.endAnswer();
            giveUp(repair, "the answer has not all of it");
        }
    }

    void refused(Failure failure) {
        if (underWay != null && underWay.isAsked(failure.id())) {
            giveUp(underWay, failure.code() + " " + failure.message());
        }
    }

    private void giveUp(Repair repair, String why) {
        if (underWay == repair) {
            log.debug("{}: the repair is given up: {}", stream.topic(), why);
            leave();
            answersToNobody = false;
            stream.notRepaired(repair);
            // For the others; to those that are behind it comes again.
            handleHeld(repair);
            answersToNobody = repair.isAnswering();
        }
    }

    private void handleHeld(Repair repair) {
        for (Object event = repair.held().poll();
                event != null;
                event = repair.held().poll()) {
            stream.handleAgain(event);
        }
    }
}
