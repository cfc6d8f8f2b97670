package live.telemetry.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
 * Brings what the server sends for a topic to the subscription that owns the topic, in order and once. The owner is the one
 * that {@code subscribed} last named on this connection: a session has one cursor for a topic, however many subscriptions match
 * it, so guessing the owner from the topic's name would be wrong whenever an exact subscription begins or ends. What comes for a
 * topic without an owner is late for a subscription that was ended or begun anew, and is dropped. Only on the loop.
 */
final class RecordRouter {

    private static final Logger log = LoggerFactory.getLogger(RecordRouter.class);

    private final ListenerCalls calls;
    private final ClientCounters counters;
    private final Subscriber subscriber;
    private final Map<Topic, ActiveSubscription> owners = new HashMap<>();

    RecordRouter(ListenerCalls calls, ClientCounters counters, Subscriber subscriber) {
        this.calls = calls;
        this.counters = counters;
        this.subscriber = subscriber;
    }

    /** What a router asks of the subscriptions. */
    interface Subscriber {

        /** Ends the subscription on the wire and begins it anew. */
        void subscribeAgain(ActiveSubscription subscription, Since since);

        /** Ends a subscription that the application has closed. */
        void end(ActiveSubscription subscription);
    }

    @Nullable
    ActiveSubscription ownerOf(Topic topic) {
        ActiveSubscription owner = owners.get(topic);
        if (owner != null && owner.isClosed()) {
            // Its end waits in the loop's queue; a pattern may inherit the topic, from this very message on.
            subscriber.end(owner);
            owner = owners.get(topic);
        }
        return owner;
    }

    /** The connection is lost, and with it what the server has named. */
    void disconnected() {
        owners.clear();
    }

    /** What still comes for a subscription is out of date. */
    void disown(ActiveSubscription subscription) {
        owners.values().removeIf(owner -> owner == subscription);
    }

    /** A subscription has ended: each of its topics goes on, at the same place, for a pattern that matches it. */
    void handOver(ActiveSubscription ended, Iterable<ActiveSubscription> heirs) {
        ended.topics().forEach((topic, progress) -> {
            boolean owned = owners.remove(topic, ended);
            // What waits for the listener of a closed subscription is not delivered any more, so the heir gets it.
            Optional<Position> position =
                    ended.isClosed() ? Optional.ofNullable(progress.delivered) : progress.received.position();
            ActiveSubscription heir = heirOf(topic, heirs);
            if (heir == null || position.isEmpty()) {
                return;
            }
            TopicProgress inherited = heir.progress(topic);
            if (owned || owners.get(topic) == null) {
                inherited.received.moveTo(position.get());
                calls.call(() -> inherited.delivered = position.get());
            }
            if (owned && heir.accepted) {
                owners.put(topic, heir);
            }
        });
    }

    private static @Nullable ActiveSubscription heirOf(Topic topic, Iterable<ActiveSubscription> heirs) {
        for (ActiveSubscription heir : heirs) {
            // One that the server has never accepted begins where its application wanted.
            if (!heir.pattern().isExact() && heir.begun && heir.pattern().matches(topic)) {
                return heir;
            }
        }
        return null;
    }

    /** {@code subscribed} for a topic of a subscription. */
    void subscribed(ActiveSubscription owner, Subscribed subscribed) {
        Topic topic = subscribed.topic();
        owners.put(topic, owner);
        TopicProgress progress = owner.progress(topic);
        long next = subscribed.position().seq() + 1;
        if (progress.received.subscribed(subscribed.position(), subscribed.snapshot()) == Verdict.BEYOND
                && asksAgain(owner, topic, progress, next)) {
            return;
        }
        progress.received.position().ifPresent(position -> calls.call(() -> progress.delivered = position));
    }

    void record(TelemetryRecord record) {
        ActiveSubscription owner = ownerOf(record.topic());
        if (owner == null) {
            log.debug("A record of {} came without a subscription", record.topic());
            return;
        }
        TopicProgress progress = owner.progress(record.topic());
        Verdict verdict = progress.received.record(record.seq());
        if (verdict == Verdict.BEYOND) {
            if (asksAgain(owner, record.topic(), progress, record.seq())) {
                return;
            }
            verdict = progress.received.record(record.seq());
        }
        if (verdict == Verdict.KNOWN) {
            counters.duplicatesDropped.increment();
            return;
        }
        counters.records.increment();
        Position position = progress.received.position().orElseThrow();
        calls.call(() -> {
            if (!owner.isClosed()) {
                try {
                    owner.listener.onRecord(record);
                } finally {
                    progress.delivered = position;
                }
            }
        });
    }

    void gap(Gap gap) {
        ActiveSubscription owner = ownerOf(gap.topic());
        if (gap.id() != null || owner == null) {
            return;
        }
        TopicProgress progress = owner.progress(gap.topic());
        long lost = progress.received.lostBy(gap);
        Verdict verdict = progress.received.gap(gap);
        if (verdict == Verdict.SNAPSHOT_AGAIN) {
            if (owner.pattern().isExact()) {
                subscriber.subscribeAgain(owner, Since.SNAPSHOT);
                return;
            }
            progress.received.moveTo(new Position(gap.epoch(), gap.next() - 1));
        } else if (verdict == Verdict.BEYOND) {
            if (asksAgain(owner, gap.topic(), progress, gap.from())) {
                return;
            }
            progress.received.gap(gap);
        } else if (verdict == Verdict.KNOWN) {
            return;
        }
        String countedIn = gap.previousEpoch() == null ? gap.epoch() : gap.previousEpoch();
        Position position = new Position(gap.epoch(), gap.next() - 1);
        tellGap(
                owner,
                progress,
                new GapEvent(gap.topic(), gap.reason(), countedIn, gap.from(), gap.to(), position),
                lost);
    }

    /**
     * Something is missing before {@code present}, without a word of the server. The first time the subscription is begun anew
     * after the last record that followed; if the same place is passed over again, that is a gap, which the listener is told.
     *
     * @return true if what has come is to be dropped, since it will come again
     */
    private boolean asksAgain(ActiveSubscription owner, Topic topic, TopicProgress progress, long present) {
        Position last = progress.received.position().orElse(Position.NONE);
        if (!last.equals(progress.askedAfter)) {
            progress.askedAfter = last;
            counters.resubscriptions.increment();
            log.debug("{} of {} does not follow {}; subscribing again", present, topic, last);
            subscriber.subscribeAgain(owner, owner.since());
            return true;
        }
        if (last.epoch().isEmpty()) {
            log.debug("A record of {} came under no epoch", topic);
            return true;
        }
        Position position = new Position(last.epoch(), present - 1);
        progress.received.moveTo(position);
        long from = last.seq() + 1;
        GapEvent gap = new GapEvent(topic, GapReason.EXPIRED, last.epoch(), from, present - 1, position);
        tellGap(owner, progress, gap, gap.size());
        return false;
    }

    private void tellGap(ActiveSubscription owner, TopicProgress progress, GapEvent gap, long lost) {
        counters.gaps.increment();
        counters.recordsLost.add(lost);
        calls.call(() -> {
            if (!owner.isClosed()) {
                try {
                    owner.listener.onGap(gap);
                } finally {
                    progress.delivered = gap.position();
                }
            }
        });
    }
}
