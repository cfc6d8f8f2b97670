package live.telemetry.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;

/** What the application has subscribed, on any thread; the loop brings it to the server. */
final class Subscriptions {

    private final ClientLoop loop;
    private final WireSubscriptions wire;
    private final Set<ActiveSubscription> open = ConcurrentHashMap.newKeySet();

    Subscriptions(ClientLoop loop, WireSubscriptions wire) {
        this.loop = loop;
        this.wire = wire;
    }

    Subscription subscribe(TopicPattern pattern, SubscribeOptions options, RecordListener listener) {
        // Checks whether the beginning fits the pattern.
        new Subscribe(null, pattern, options.since(), options.mode());
        ActiveSubscription subscription = new ActiveSubscription(pattern, options, listener, this::closed);
        open.add(subscription);
        loop.execute(() -> {
            if (!subscription.isClosed()) {
                wire.add(subscription);
            }
        });
        return subscription;
    }

    private void closed(ActiveSubscription subscription) {
        open.remove(subscription);
        loop.execute(() -> wire.remove(subscription));
    }

    /** No listener is called any more. */
    void silence() {
        open.forEach(ActiveSubscription::silence);
        open.clear();
    }
}
