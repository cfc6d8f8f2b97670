package live.telemetry.client.transport.http;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Consumer;
import live.telemetry.client.transport.RetryAfter;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
import live.telemetry.client.transport.http.HttpCalls.CallListener;
import live.telemetry.client.transport.http.HttpCalls.HttpCall;
import live.telemetry.client.transport.http.HttpCalls.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * One request by {@code java.net.http}. The JDK's threads hand over to the session's, one part of the body at a time: the next
 * one is asked for when the last one was handled, so that a listener that blocks stops the reading.
 */
final class JdkHttpCall implements HttpCall, BodySubscriber<Void> {

    private final SessionThread thread;
    private final CallListener listener;
    private final Consumer<JdkHttpCall> onOver;

    // Any thread.
    private volatile boolean over;
    private volatile @Nullable CompletableFuture<?> exchange;
    private volatile @Nullable Subscription body;

    // Only on the session's thread.
    private boolean paused;
    private boolean wants;

    JdkHttpCall(SessionThread thread, CallListener listener, Consumer<JdkHttpCall> onOver) {
        this.thread = thread;
        this.listener = listener;
        this.onOver = onOver;
    }

    void begin(HttpClient client, HttpRequest request) {
        CompletableFuture<?> begun = client.sendAsync(request, this::answered);
        exchange = begun;
        begun.whenComplete((answer, error) -> {
            if (error != null) {
                ended(failure(error));
            }
        });
        if (over) {
            begun.cancel(true);
        }
    }

    private static CallFailure failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        boolean reached = !(cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException);
        return new CallFailure(words(cause), reached);
    }

    /** The JDK has the reason of a connection that was not made only as the cause's type. */
    private static String words(Throwable error) {
        if (error.getMessage() != null) {
            return error.getMessage();
        }
        Throwable cause = error.getCause();
        return error.getClass().getSimpleName()
                + (cause == null ? "" : ": " + cause.getClass().getSimpleName());
    }

    // ---- on the session's thread

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        if (wants) {
            read();
        }
    }

    private void read() {
        wants = paused;
        Subscription reading = body;
        if (!paused && reading != null) {
            reading.request(1);
        }
    }

    // ---- on any thread

    @Override
    public void cancel() {
        if (end()) {
            CompletableFuture<?> begun = exchange;
            if (begun != null) {
                begun.cancel(true);
            }
            Subscription reading = body;
            if (reading != null) {
                reading.cancel();
            }
        }
    }

    private synchronized boolean end() {
        boolean first = !over;
        over = true;
        onOver.accept(this);
        return first;
    }

    /** Before or after the head; null if the answer came to its end. */
    void ended(@Nullable CallFailure failure) {
        thread.execute(() -> {
            if (end()) {
                listener.onEnd(failure);
            }
        });
    }

    // ---- on the JDK's threads

    private BodySubscriber<Void> answered(ResponseInfo answer) {
        HttpHead head = head(answer.statusCode(), answer.headers());
        thread.execute(() -> {
            if (!over) {
                listener.onHead(head);
            }
        });
        return this;
    }

    private static HttpHead head(int status, HttpHeaders headers) {
        Duration retryAfter =
                headers.firstValue("Retry-After").map(RetryAfter::read).orElse(null);
        return new HttpHead(
                status,
                headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT),
                retryAfter,
                headers.firstValue("Date").map(JdkHttpCall::millis).orElse(null));
    }

    private static @Nullable Long millis(String date) {
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeException e) {
            // As good as none.
            return null;
        }
    }

    /** Complete at once: the body is told as it comes. */
    @Override
    public CompletionStage<Void> getBody() {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        body = subscription;
        if (over) {
            subscription.cancel();
        } else {
            thread.execute(this::read);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        thread.execute(() -> {
            for (ByteBuffer part : parts) {
                if (!over && !listener.onBytes(part)) {
                    cancel();
                }
            }
            if (!over) {
                read();
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        ended(failure(error));
    }

    @Override
    public void onComplete() {
        ended(null);
    }
}
