package live.telemetry.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions of a client: what is to be on the wire, and what each request about them was answered. Records go through
 * the {@link RecordRouter}.
 */
final class SubscriptionTable implements RecordRouter.Subscriber {

    private static final Logger log = LoggerFactory.getLogger(SubscriptionTable.class);

    private final ClientLoop loop;
    private final LongSupplier ids;
    private final ListenerCalls calls;
    private final IntFunction<Duration> retryDelay;
    private final RecordRouter router;

    // Any thread: what the application has subscribed.
    private final Map<TopicPattern, ActiveSubscription> claimed = new ConcurrentHashMap<>();

    // Only on the loop.
    private final Map<TopicPattern, ActiveSubscription> active = new LinkedHashMap<>();
    private final Map<Long, ActiveSubscription> requests = new HashMap<>();
    private @Nullable Wire wire;

    /** @param retryDelay the wait after so many refusals that are worth another try */
    SubscriptionTable(
            ClientLoop loop,
            LongSupplier ids,
            ListenerCalls calls,
            ClientCounters counters,
            IntFunction<Duration> retryDelay) {
        this.loop = loop;
        this.ids = ids;
        this.calls = calls;
        this.retryDelay = retryDelay;
        this.router = new RecordRouter(calls, counters, this);
    }

    // ---- by the application, on any thread

    ActiveSubscription subscribe(TopicPattern pattern, SubscribeOptions options, RecordListener listener) {
        // Checks whether the beginning fits the pattern.
        new Subscribe(null, pattern, options.since(), options.mode());
        ActiveSubscription subscription = new ActiveSubscription(pattern, options, listener, this::closed);
        if (claimed.putIfAbsent(pattern, subscription) != null) {
            throw new TelemetryException(
                    ErrorCode.ALREADY_SUBSCRIBED,
                    "\"" + pattern
                            + "\" is subscribed already by this client; close that subscription first, or let its"
                            + " listener pass records on");
        }
        loop.execute(() -> begin(subscription));
        return subscription;
    }

    private void closed(ActiveSubscription subscription) {
        claimed.remove(subscription.pattern(), subscription);
        loop.execute(() -> end(subscription));
    }

    /** No listener is called any more. */
    void silence() {
        claimed.values().forEach(ActiveSubscription::markClosed);
    }

    // ---- the wire

    void connected(Wire wire) {
        this.wire = wire;
        // Exact ones first, so that no pattern begins a topic that an exact one is about to take over.
        active.values().stream().filter(s -> s.pattern().isExact()).toList().forEach(s -> request(s, s.since()));
        active.values().stream().filter(s -> !s.pattern().isExact()).toList().forEach(s -> request(s, s.since()));
    }

    void disconnected() {
        wire = null;
        requests.clear();
        router.disconnected();
        for (ActiveSubscription subscription : active.values()) {
            withdraw(subscription);
            subscription.topics().values().forEach(progress -> progress.received.disconnected());
        }
    }

    private void begin(ActiveSubscription subscription) {
        if (!subscription.isClosed()) {
            active.put(subscription.pattern(), subscription);
            request(subscription, subscription.since());
        }
    }

    private void request(ActiveSubscription subscription, Since since) {
        Wire open = wire;
        if (open == null || active.get(subscription.pattern()) != subscription) {
            return;
        }
        long id = ids.getAsLong();
        String text = EnvelopeCodec.encode(new Subscribe(id, subscription.pattern(), since, subscription.mode()));
        if (!open.fits(text)) {
            endedByServer(
                    subscription,
                    ErrorCode.TOO_MANY_TOPICS,
                    "the positions of " + subscription.pattern() + " are more than the " + open.maxMessageBytes()
                            + " bytes that the server takes; subscribe to narrower patterns");
            return;
        }
        subscription.requestId = id;
        subscription.accepted = false;
        requests.put(id, subscription);
        open.sendText(text);
    }

    @Override
    public void subscribeAgain(ActiveSubscription subscription, Since since) {
        router.disown(subscription);
        unsubscribe(subscription);
        request(subscription, since);
    }

    @Override
    public void end(ActiveSubscription subscription) {
        if (active.remove(subscription.pattern(), subscription)) {
            router.handOver(subscription, active.values());
            unsubscribe(subscription);
        }
    }

    private void unsubscribe(ActiveSubscription subscription) {
        boolean onWire = subscription.requestId >= 0;
        withdraw(subscription);
        if (onWire && wire != null) {
            wire.send(new Unsubscribe(ids.getAsLong(), subscription.pattern()));
        }
    }

    /** Whatever the server still answers is out of date. */
    private void withdraw(ActiveSubscription subscription) {
        requests.remove(subscription.requestId);
        subscription.requestId = -1;
        subscription.accepted = false;
        if (subscription.retry != null) {
            subscription.retry.cancel();
            subscription.retry = null;
        }
    }

    // ---- by the server

    void on(PatternSubscribed subscribed) {
        accept(subscribed.id());
    }

    void on(Subscribed subscribed) {
        ActiveSubscription owner;
        if (subscribed.id() != null) {
            owner = accept(subscribed.id());
        } else if (subscribed.pattern() != null) {
            owner = active.get(subscribed.pattern());
        } else {
            owner = router.ownerOf(subscribed.topic());
        }
        if (owner != null && owner.accepted) {
            router.subscribed(owner, subscribed);
        }
    }

    private @Nullable ActiveSubscription accept(@Nullable Long id) {
        ActiveSubscription subscription = requests.remove(id);
        if (subscription != null) {
            subscription.accepted = true;
            subscription.begun = true;
            subscription.refusals = 0;
        }
        return subscription;
    }

    void on(TelemetryRecord record) {
        router.record(record);
    }

    void on(Gap gap) {
        router.gap(gap);
    }

    void on(Unsubscribed unsubscribed) {
        ActiveSubscription subscription = active.get(unsubscribed.pattern());
        // With an id it answers a request of ours. Without one, it may also name a topic of a pattern, which goes on.
        if (unsubscribed.id() == null && subscription != null) {
            String reason = unsubscribed.reason() == null ? "ended by the server" : unsubscribed.reason();
            endedByServer(subscription, ErrorCode.FORBIDDEN, reason);
        }
    }

    /** Whether the failure answers a request of this table. */
    boolean on(Failure failure) {
        ActiveSubscription subscription = requests.get(failure.id());
        if (subscription == null) {
            return false;
        }
        withdraw(subscription);
        if (failure.retryable()) {
            subscription.retry = loop.schedule(
                    retryDelay.apply(subscription.refusals++), () -> request(subscription, subscription.since()));
        } else {
            endedByServer(subscription, failure.code(), failure.message());
        }
        return true;
    }

    private void endedByServer(ActiveSubscription subscription, ErrorCode code, String message) {
        log.warn("The subscription of {} has ended: {} {}", subscription.pattern(), code, message);
        withdraw(subscription);
        active.remove(subscription.pattern(), subscription);
        claimed.remove(subscription.pattern(), subscription);
        router.handOver(subscription, active.values());
        calls.call(() -> {
            if (!subscription.isClosed()) {
                subscription.markClosed();
                subscription.listener.onEnd(new EndEvent(subscription, code, message));
            }
        });
    }
}
