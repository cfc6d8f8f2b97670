package live.telemetry.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** The application of {@link ModelRun}: opens and closes subscriptions, and complains. */
final class ModelApplication {

    private static final List<String> PATTERNS = List.of("a.x", "a.x", "a.y", "a.*", "a.*", "*.x", ">");
    private static final int MAX_OPEN = 5;

    private final TelemetryClient client;
    private final Map<Topic, ModelTopic> logs;
    private final ModelFaults faults;
    private final Set<Topic> everDenied;
    private final Random random;
    private final Consumer<String> note;
    private final List<ModelListener> listeners = new ArrayList<>();
    /** Where closed subscriptions stood. */
    private final Map<TopicPattern, Map<Topic, Position>> stored = new HashMap<>();

    private @Nullable ModelViolation violation;

    ModelApplication(
            TelemetryClient client,
            Map<Topic, ModelTopic> logs,
            ModelFaults faults,
            Set<Topic> everDenied,
            Random random,
            Consumer<String> note) {
        this.client = client;
        this.logs = logs;
        this.faults = faults;
        this.everDenied = everDenied;
        this.random = random;
        this.note = note;
    }

    boolean hasComplained() {
        return violation != null;
    }

    int subscriptions() {
        return listeners.size();
    }

    /** @param serial the last record that was published */
    void look(long serial, Set<Topic> denied) {
        if (violation != null) {
            throw violation;
        }
        listeners.forEach(listener -> listener.look(serial, denied));
    }

    void revoked(Topic topic) {
        listeners.forEach(listener -> listener.revoked(topic));
    }

    void checkAtRest() {
        listeners.stream().filter(listener -> !listener.ended).forEach(ModelListener::checkAtRest);
    }

    void closeAll() {
        listeners.forEach(listener -> listener.subscription.close());
    }

    /** Whether there was room for one more. */
    boolean subscribe() {
        if (listeners.stream().filter(listener -> !listener.ended).count() >= MAX_OPEN) {
            return false;
        }
        TopicPattern pattern = TopicPattern.of(PATTERNS.get(random.nextInt(PATTERNS.size())));
        Mode mode = random.nextInt(4) == 0 ? Mode.conflated(1 + random.nextInt(2)) : Mode.ALL;
        SubscribeOptions options = new SubscribeOptions(since(pattern), mode);
        ModelListener listener =
                new ModelListener("s" + listeners.size(), pattern, options, logs, faults, everDenied, note);
        note.accept("subscribe " + listener.name + " " + pattern + " " + options);
        listeners.add(listener);
        listener.subscription = client.subscribe(pattern.text(), options, new Guarded(listener));
        return true;
    }

    private Since since(TopicPattern pattern) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                return Since.NOW;
            }
            case 3 -> {
                return Since.START;
            }
            case 4 -> {
                return Since.last(1 + random.nextInt(6));
            }
            case 5 -> {
                return Since.SNAPSHOT;
            }
            default -> {
                Map<Topic, Position> positions = new HashMap<>(stored.getOrDefault(pattern, Map.of()));
                if (positions.isEmpty() || random.nextInt(4) == 0) {
                    logs.values().stream()
                            .filter(log -> pattern.matches(log.topic))
                            .forEach(log -> {
                                Position head = log.head();
                                long seq = Math.max(0, head.seq() - random.nextInt(5) + random.nextInt(2));
                                positions.put(
                                        log.topic, log.isBorn() ? new Position(head.epoch(), seq) : Position.NONE);
                            });
                }
                return pattern.exactTopic()
                        .map(topic -> Since.after(positions.get(topic)))
                        .orElseGet(() -> new Since.Positions(positions));
            }
        }
    }

    /** Whether there was one to close. */
    boolean close() {
        List<ModelListener> open = listeners.stream().filter(l -> !l.ended).toList();
        if (open.isEmpty()) {
            return false;
        }
        ModelListener closed = open.get(random.nextInt(open.size()));
        note.accept("close " + closed.name);
        closed.ended = true;
        Map<Topic, Position> positions = closed.subscription.positions();
        if (!positions.isEmpty()) {
            stored.put(closed.pattern, positions);
        }
        closed.subscription.close();
        return true;
    }

    /** What a listener throws is caught by the client: it is kept for the run to throw. */
    private final class Guarded implements RecordListener {

        private final ModelListener listener;

        Guarded(ModelListener listener) {
            this.listener = listener;
        }

        private void guard(Runnable call) {
            try {
                call.run();
            } catch (ModelViolation e) {
                violation = violation == null ? e : violation;
            } catch (RuntimeException e) {
                violation = new ModelViolation(e.toString(), null);
                violation.initCause(e);
            }
        }

        @Override
        public void onRecord(TelemetryRecord record) {
            guard(() -> listener.onRecord(record));
        }

        @Override
        public void onGap(GapEvent gap) {
            guard(() -> listener.onGap(gap));
        }

        @Override
        public void onEnd(EndEvent end) {
            guard(() -> listener.onEnd(end));
        }
    }
}
