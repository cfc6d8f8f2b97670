package live.telemetry.server.node;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Broadcaster.LatestRecords;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;

/**
 * Asks a broadcaster. What it throws is a failed answer, so that nobody waits for ever for a question that was never put. Any
 * thread.
 */
final class BroadcasterQuestions {

    private final Broadcaster broadcaster;

    BroadcasterQuestions(Broadcaster broadcaster) {
        this.broadcaster = broadcaster;
    }

    CompletionStage<History> history(Topic topic, Position after) {
        return put(() -> broadcaster.history(topic, after, Node.HISTORY_PAGE));
    }

    CompletionStage<Optional<LatestRecords>> latest(Topic topic) {
        return put(() -> broadcaster.latest(topic));
    }

    private static <T> CompletionStage<T> put(Supplier<CompletionStage<T>> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
