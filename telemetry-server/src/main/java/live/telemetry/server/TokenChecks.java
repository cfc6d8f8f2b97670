package live.telemetry.server;

import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Authenticator;
import live.telemetry.core.Authenticator.Credentials;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;

/** Runs the authenticator off the event loops, since it may block to look up a key. Any thread. */
final class TokenChecks implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int MAX_WAITING = 10_000;

    private final @Nullable Authenticator authenticator;
    private final ThreadPoolExecutor executor;

    TokenChecks(@Nullable Authenticator authenticator, String threadName) {
        this.authenticator = authenticator;
        this.executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                DaemonThreads.named(threadName));
        executor.allowCoreThreadTimeOut(true);
    }

    CompletionStage<Identity> check(String token) {
        Authenticator verifier = authenticator;
        if (verifier == null) {
            return CompletableFuture.failedFuture(
                    new TelemetryException(ErrorCode.BAD_REQUEST, "this server is anonymous and takes no token"));
        }
        CompletableFuture<Identity> identity = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    identity.complete(Objects.requireNonNull(
                            verifier.authenticate(new Credentials(token)), "the authenticator returned null"));
                } catch (Throwable e) {
                    // Errors too: whatever an application's code throws, its peer waits for an answer.
                    identity.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            identity.completeExceptionally(
                    new TelemetryException(ErrorCode.UNAVAILABLE, "too many tokens wait to be checked; try again", e));
        }
        return identity;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
