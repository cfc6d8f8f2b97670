package live.telemetry.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks up patterns, once for all who wait for the same. At most one look-up of a pattern is under way; whoever comes
 * meanwhile waits for the next, since a topic may have been born behind the one that has begun. Any thread, a short lock.
 */
final class SharedScans {

    private final Function<TopicPattern, CompletableFuture<Map<Topic, Position>>> scan;

    /** Patterns that are being looked up, with what waits for the next look-up, if anything; guarded by itself. */
    private final Map<TopicPattern, @Nullable CompletableFuture<Map<Topic, Position>>> running = new HashMap<>();

    SharedScans(Function<TopicPattern, CompletableFuture<Map<Topic, Position>>> scan) {
        this.scan = scan;
    }

    CompletableFuture<Map<Topic, Position>> topics(TopicPattern pattern) {
        CompletableFuture<Map<Topic, Position>> mine = new CompletableFuture<>();
        synchronized (running) {
            if (running.containsKey(pattern)) {
                CompletableFuture<Map<Topic, Position>> next = running.get(pattern);
                if (next == null) {
                    next = mine;
                    running.put(pattern, next);
                }
                return next.copy();
            }
            running.put(pattern, null);
        }
        begin(pattern, mine);
        return mine.copy();
    }

    private void begin(TopicPattern pattern, CompletableFuture<Map<Topic, Position>> waiting) {
        scan.apply(pattern).whenComplete((found, error) -> {
            ended(pattern);
            if (error != null) {
                waiting.completeExceptionally(unwrapped(error));
            } else {
                waiting.complete(Map.copyOf(found));
            }
        });
    }

    private void ended(TopicPattern pattern) {
        CompletableFuture<Map<Topic, Position>> next;
        synchronized (running) {
            next = running.get(pattern);
            if (next == null) {
                running.remove(pattern);
                return;
            }
            running.put(pattern, null);
        }
        begin(pattern, next);
    }

    private static Throwable unwrapped(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
