package live.telemetry.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to the store. Immutable, but for the answer.
 *
 * @param topic where to
 * @param key of the record, or null
 * @param bytes the record
 * @param deadlineNanos when it fails
 * @param answer completed once
 */
record PendingPublish(
        Topic topic, @Nullable String key, byte[] bytes, long deadlineNanos, CompletableFuture<Position> answer) {

    /**
     * For the caller, who may do with it what he likes. No dependent stage, since that would wrap the exception.
     *
     * @param settled runs before the caller is told, with whether the record is stored
     */
    CompletionStage<Position> told(Consumer<Boolean> settled) {
        CompletableFuture<Position> told = new CompletableFuture<>();
        answer.whenComplete((position, error) -> {
            settled.accept(error == null);
            if (error == null) {
                told.complete(position);
            } else {
                told.completeExceptionally(error);
            }
        });
        return told;
    }
}
