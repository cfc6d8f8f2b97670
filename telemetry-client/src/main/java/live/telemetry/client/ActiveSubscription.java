package live.telemetry.client;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** One subscription with its listener, over all connections. */
final class ActiveSubscription implements Subscription {

    private final TopicPattern pattern;
    private final SubscribeOptions options;
    private final Consumer<ActiveSubscription> onClose;
    private final Map<Topic, TopicProgress> topics = new ConcurrentHashMap<>();
    final RecordListener listener;

    /** Set by any thread; from then on the listener is not called. */
    private volatile boolean closed;

    // Only on the loop.
    /** The id of the last {@code subscribe}; what answers an older one is out of date. */
    long requestId = -1;
    /** Whether the server has accepted that one; what comes for a pattern before that belongs to an older one. */
    boolean accepted;
    /** Whether the server has ever accepted this, so that it has to be resumed rather than begun. */
    boolean begun;

    int refusals;
    ClientLoop.@Nullable Timer retry;

    ActiveSubscription(
            TopicPattern pattern,
            SubscribeOptions options,
            RecordListener listener,
            Consumer<ActiveSubscription> onClose) {
        this.pattern = pattern;
        this.options = options;
        this.listener = listener;
        this.onClose = onClose;
    }

    @Override
    public TopicPattern pattern() {
        return pattern;
    }

    @Override
    public Map<Topic, Position> positions() {
        Map<Topic, Position> positions = new HashMap<>();
        topics.forEach((topic, progress) -> {
            Position delivered = progress.delivered;
            if (delivered != null) {
                positions.put(topic, delivered);
            }
        });
        return positions;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onClose.accept(this);
        }
    }

    /** Silences the listener. */
    void markClosed() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    Mode mode() {
        return options.mode();
    }

    Map<Topic, TopicProgress> topics() {
        return topics;
    }

    TopicProgress progress(Topic topic) {
        return topics.computeIfAbsent(topic, t -> new TopicProgress(options.mode() instanceof Mode.Conflated));
    }

    /** Where the next {@code subscribe} begins: after what was received, or where the application wanted to begin. */
    Since since() {
        if (!begun) {
            return options.since();
        }
        if (pattern.isExact()) {
            return progress(Topic.of(pattern.text()))
                    .received
                    .position()
                    .map(Since::after)
                    .orElse(options.since());
        }
        Map<Topic, Position> positions = new HashMap<>();
        if (options.since() instanceof Since.Positions wanted) {
            // A topic that the server has not named yet is still to begin where the application wanted.
            positions.putAll(wanted.positions());
        }
        topics.forEach((topic, progress) ->
                progress.received.position().ifPresent(position -> positions.put(topic, position)));
        return new Since.Positions(positions);
    }

    @Override
    public String toString() {
        return "Subscription[" + pattern + ']';
    }
}
