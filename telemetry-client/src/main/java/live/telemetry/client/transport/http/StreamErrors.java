package live.telemetry.client.transport.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope.Failure;

/**
 * Errors within a stream: a topic beyond the bound of topics, for example. They have no id, so whose they are is found by elimination: when as many
 * subscriptions are without an answer as there are errors, these belong together. Only on the session's thread.
 */
final class StreamErrors {

    private final SubscriptionSet wanted;
    private final BiConsumer<Wanted, Failure> onRefused;
    private final Consumer<String> core;

    /** By their words, since every poll repeats what was not found out yet. */
    private final Map<String, Failure> open = new LinkedHashMap<>();

    private String lastTold = "";

    /** @param onRefused is told whose an error is */
    StreamErrors(SubscriptionSet wanted, BiConsumer<Wanted, Failure> onRefused, Consumer<String> core) {
        this.wanted = wanted;
        this.onRefused = onRefused;
        this.core = core;
    }

    void received(Failure failure) {
        open.put(failure.message(), failure);
        settle();
    }

    /** Something was answered. */
    void settle() {
        if (open.isEmpty()) {
            return;
        }
        List<Wanted> waiting = wanted.all().stream()
                .filter(one -> one.carried && !one.answered)
                .toList();
        Iterator<Failure> errors = open.values().iterator();
        for (int more = open.size() - waiting.size(); more > 0; more--) {
            tell(errors.next());
            errors.remove();
        }
        if (open.size() == waiting.size()) {
            List<Failure> theirs = List.copyOf(open.values());
            open.clear();
            for (int i = 0; i < theirs.size(); i++) {
                onRefused.accept(waiting.get(i), theirs.get(i));
            }
        }
    }

    private void tell(Failure failure) {
        String text = EnvelopeCodec.encode(failure);
        if (!text.equals(lastTold)) {
            lastTold = text;
            core.accept(text);
        }
    }

    /** Another stream follows, which has errors of its own. */
    void reset() {
        open.clear();
    }
}
