package live.telemetry.server.node;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.server.log.DetachedRun;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.Framing;

/**
 * Reads and encodes pages of a broadcaster's history. Whoever asks for records that are being read gets the same page, also from
 * within it: a thousand sessions that come to a cold node cost a few looks, wherever each of them stands. Any thread.
 */
final class HistoryPages {

    private final BroadcasterQuestions questions;
    private final Framing framing;
    private final ConcurrentNavigableMap<Key, CompletableFuture<HistoryPage>> inFlight =
            new ConcurrentSkipListMap<>(Key.ORDER);

    HistoryPages(Broadcaster broadcaster, Framing framing) {
        this.questions = new BroadcasterQuestions(broadcaster);
        this.framing = framing;
    }

    CompletionStage<HistoryPage> read(Topic topic, Position after) {
        Key key = new Key(topic, after);
        Map.Entry<Key, CompletableFuture<HistoryPage>> before = inFlight.lowerEntry(key);
        if (before == null || !before.getKey().mayReach(key)) {
            return readExactly(key);
        }
        return before.getValue()
                .thenCompose(page -> goesOnAfter(page, after)
                        ? CompletableFuture.completedFuture(from(page, after))
                        : readExactly(key));
    }

    private static boolean goesOnAfter(HistoryPage page, Position after) {
        FrameRun run = page.run();
        return run != null && page.head().epoch().equals(after.epoch()) && run.contains(after.seq() + 1);
    }

    /** The answer to a question about a position within the page. */
    private static HistoryPage from(HistoryPage page, Position after) {
        return new HistoryPage(Continuity.CONTINUES, page.head(), after.seq() + 1, page.run());
    }

    private CompletionStage<HistoryPage> readExactly(Key key) {
        CompletableFuture<HistoryPage> mine = new CompletableFuture<>();
        CompletableFuture<HistoryPage> others = inFlight.putIfAbsent(key, mine);
        if (others != null) {
            return others;
        }
        questions.history(key.topic, key.after).thenApply(this::encode).whenComplete((page, error) -> {
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

    private record Key(Topic topic, Position after) {

        static final Comparator<Key> ORDER = Comparator.<Key, String>comparing(key -> key.topic.name())
                .thenComparing(key -> key.after.epoch())
                .thenComparingLong(key -> key.after.seq());

        /** Whether the page behind this may have the record after a later position. */
        boolean mayReach(Key later) {
            return topic.equals(later.topic)
                    && after.epoch().equals(later.after.epoch())
                    && later.after.seq() - after.seq() < Node.HISTORY_PAGE;
        }
    }
}
