package live.telemetry.server.node;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.server.log.DetachedRun;
import live.telemetry.server.log.Framing;

/**
 * Reads and encodes pages of a broadcaster's history. Whoever asks for a page that is being read gets the same one, so a
 * thousand sessions that stand at one position cost one look. Any thread.
 */
final class HistoryPages {

    private final BroadcasterQuestions questions;
    private final Framing framing;
    private final Map<Key, CompletableFuture<HistoryPage>> inFlight = new ConcurrentHashMap<>();

    HistoryPages(Broadcaster broadcaster, Framing framing) {
        this.questions = new BroadcasterQuestions(broadcaster);
        this.framing = framing;
    }

    CompletionStage<HistoryPage> read(Topic topic, Position after) {
        Key key = new Key(topic, after);
        CompletableFuture<HistoryPage> mine = new CompletableFuture<>();
        CompletableFuture<HistoryPage> others = inFlight.putIfAbsent(key, mine);
        if (others != null) {
            return others;
        }
        questions.history(topic, after).thenApply(this::encode).whenComplete((page, error) -> {
            inFlight.remove(key);
            if (error != null) {
                mine.completeExceptionally(error);
            } else {
                mine.complete(page);
            }
        });
        return mine;
    }

    private HistoryPage encode(History history) {
        List<TelemetryRecord> records = history.records();
        DetachedRun run = records.isEmpty()
                ? null
                : new DetachedRun(
                        history.next(),
                        records.stream()
                                .map(record -> framing.frame(EnvelopeCodec.encodeData(record)))
                                .toList());
        return new HistoryPage(history.continuity(), history.head(), history.next(), run);
    }

    private record Key(Topic topic, Position after) {}
}
