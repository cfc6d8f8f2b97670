package live.telemetry.client;

import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;

/** Hands to listeners what has been checked, and counts it. Only on the loop; the listeners run where they are called. */
final class Deliveries {

    private final ListenerCalls calls;
    private final ClientCounters counters;

    Deliveries(ListenerCalls calls, ClientCounters counters) {
        this.calls = calls;
        this.counters = counters;
    }

    void record(TopicReader reader, TelemetryRecord record) {
        counters.records.increment();
        ActiveSubscription subscription = reader.subscription;
        Position position = reader.last();
        calls.call(record.data().text().length(), () -> {
            if (!subscription.isClosed()) {
                try {
                    subscription.listener.onRecord(record);
                } finally {
                    reader.delivered = position;
                }
            }
        });
    }

    /** @param lost how many of its records no listener of this subscription has seen */
    void gap(TopicReader reader, GapEvent gap, long lost) {
        counters.gaps.increment();
        counters.recordsLost.add(lost);
        ActiveSubscription subscription = reader.subscription;
        calls.call(() -> {
            if (!subscription.isClosed()) {
                try {
                    subscription.listener.onGap(gap);
                } finally {
                    reader.delivered = gap.position();
                }
            }
        });
    }

    /** The reader has begun somewhere, or has gone to another epoch, without a record. */
    void position(TopicReader reader) {
        reader.received.position().ifPresent(position -> calls.call(() -> reader.delivered = position));
    }

    void end(ActiveSubscription subscription, EndEvent end) {
        calls.call(() -> {
            if (subscription.end()) {
                subscription.listener.onEnd(end);
            }
        });
    }
}
