package live.telemetry.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the client's tokens come from. One is asked for at a time: who asks meanwhile gets the same. Any thread. */
final class TokenSource {

    private final Supplier<? extends @Nullable CompletionStage<String>> supplier;
    private final boolean fixed;
    private final Runnable interrupt;
    private @Nullable CompletableFuture<@Nullable String> pending;

    private TokenSource(
            Supplier<? extends @Nullable CompletionStage<String>> supplier, boolean fixed, Runnable interrupt) {
        this.supplier = supplier;
        this.fixed = fixed;
        this.interrupt = interrupt;
    }

    /** For servers that allow anonymous clients. */
    static TokenSource none() {
        return new TokenSource(() -> null, true, () -> {});
    }

    static TokenSource fixed(String token) {
        if (!isToken(token)) {
            throw new IllegalArgumentException("token must be printable ASCII without blanks");
        }
        return new TokenSource(() -> CompletableFuture.completedFuture(token), true, () -> {});
    }

    /** Each call runs on a daemon thread of its own, since it may take its time; one that takes too long is interrupted. */
    static TokenSource blocking(Supplier<String> supplier) {
        AtomicReference<@Nullable Thread> caller = new AtomicReference<>();
        return new TokenSource(
                () -> CompletableFuture.supplyAsync(supplier, task -> {
                    Thread thread = new Thread(task, "telemetry-client-token");
                    thread.setDaemon(true);
                    caller.set(thread);
                    thread.start();
                }),
                false,
                () -> {
                    Thread hanging = caller.getAndSet(null);
                    if (hanging != null) {
                        hanging.interrupt();
                    }
                });
    }

    static TokenSource asynchronous(Supplier<? extends CompletionStage<String>> supplier) {
        return new TokenSource(supplier, false, () -> {});
    }

    /** Whether there is never another one. */
    boolean isFixed() {
        return fixed;
    }

    /** What fits into a header as it is; RFC 6750 §2.1 allows less. */
    static boolean isToken(@Nullable String token) {
        return token != null && !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /** Completes with a token, or null if there are none, or fails with words that never have the token in them. */
    synchronized CompletableFuture<@Nullable String> next() {
        CompletableFuture<@Nullable String> asked = pending;
        if (asked != null && !asked.isDone()) {
            return asked;
        }
        CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
        pending = answer;
        try {
            CompletionStage<String> stage = supplier.get();
            if (stage == null && fixed) {
                answer.complete(null);
            } else if (stage == null) {
                answer.completeExceptionally(new IllegalStateException("the token supplier gave null"));
            } else {
                stage.whenComplete((token, error) -> complete(answer, token, error));
            }
        } catch (RuntimeException | Error e) {
            complete(answer, null, e);
        }
        return answer;
    }

    private static void complete(
            CompletableFuture<@Nullable String> answer, @Nullable String token, @Nullable Throwable error) {
        if (error != null) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            // Its own words may have the token in them.
            answer.completeExceptionally(new IllegalStateException(
                    "the token supplier failed with " + cause.getClass().getName(), error));
        } else if (isToken(token)) {
            answer.complete(token);
        } else {
            answer.completeExceptionally(
                    new IllegalStateException("the token supplier gave null, nothing, or something with blanks in it"));
        }
    }

    /** Gives up what is pending, so that the next call asks anew. */
    synchronized void abandon() {
        pending = null;
        interrupt.run();
    }
}
