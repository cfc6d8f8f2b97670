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

/** One subscription of the application with its listener, over all connections. */
final class ActiveSubscription implements Subscription {

    private final TopicPattern pattern;
    private final SubscribeOptions options;
    private final Consumer<ActiveSubscription> onClose;
    final RecordListener listener;

    // Written on the loop, read by any thread.
    private final Map<Topic, TopicReader> readers = new ConcurrentHashMap<>();
    private volatile boolean live;

    // Written by any thread: from then on the listener is not called.
    private volatile boolean closed;
    private volatile boolean endedByServer;

    // Only on the loop.
    /** Whether it has ever been live, so that a topic without a reader was born later. */
    private boolean begun;

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

    // ---- any thread

    @Override
    public TopicPattern pattern() {
        return pattern;
    }

    @Override
    public Map<Topic, Position> positions() {
        Map<Topic, Position> positions = new HashMap<>();
        readers.forEach((topic, reader) -> {
            Position delivered = reader.delivered;
            if (delivered != null) {
                positions.put(topic, delivered);
            }
        });
        return positions;
    }

    @Override
    public SubscriptionState state() {
        if (closed) {
            return endedByServer ? SubscriptionState.REFUSED : SubscriptionState.CLOSED;
        }
        return live ? SubscriptionState.LIVE : SubscriptionState.PENDING;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onClose.accept(this);
        }
    }

    /** Silences the listener. */
    void silence() {
        closed = true;
    }

    /** Silences the listener on behalf of the server; false if it was silent already. */
    boolean end() {
        if (closed) {
            return false;
        }
        endedByServer = true;
        close();
        return true;
    }

    boolean isClosed() {
        return closed;
    }

    Mode mode() {
        return options.mode();
    }

    boolean isConflated() {
        return options.mode() instanceof Mode.Conflated;
    }

    @Override
    public String toString() {
        return "Subscription[" + pattern + ']';
    }

    // ---- on the loop

    Map<Topic, TopicReader> readers() {
        return readers;
    }

    /** The reader of a topic, which begins where this subscription wants it to. */
    TopicReader reader(Topic topic) {
        return readers.computeIfAbsent(topic, t -> new TopicReader(this, t, sinceOf(t)));
    }

    boolean isLive() {
        return live;
    }

    void goLive() {
        live = true;
        begun = true;
    }

    void disconnected() {
        live = false;
        readers.values().forEach(TopicReader::disconnected);
    }

    boolean hasBegun() {
        return begun;
    }

    /** Where this begins or resumes as a whole. */
    Since since() {
        if (!begun) {
            return options.since();
        }
        if (pattern.isExact()) {
            return reader(Topic.of(pattern.text())).since();
        }
        Map<Topic, Position> positions = new HashMap<>();
        if (options.since() instanceof Since.Positions stored) {
            // A topic that the server has not named yet is still to begin where the application wanted.
            positions.putAll(stored.positions());
        }
        readers.forEach(
                (topic, reader) -> reader.received.position().ifPresent(position -> positions.put(topic, position)));
        return new Since.Positions(positions);
    }

    /** Where a topic begins: as the application wanted, unless it was born after this began. */
    private Since sinceOf(Topic topic) {
        if (options.since() instanceof Since.Positions stored) {
            Position position = stored.positions().get(topic);
            return position == null ? Since.START : Since.after(position);
        }
        return begun && !pattern.isExact() ? Since.START : options.since();
    }
}
