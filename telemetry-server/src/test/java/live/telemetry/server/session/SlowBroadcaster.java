package live.telemetry.server.session;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** A broadcaster whose answers a test can hold back, let go one by one, or replace by a failure. */
final class SlowBroadcaster implements Broadcaster {

    private final Broadcaster real;
    private final Queue<Held> held = new ArrayDeque<>();
    private boolean holding;
    private boolean away;

    SlowBroadcaster(Broadcaster real) {
        this.real = real;
    }

    /** Answers wait from now on. What was asked is answered with what is known when it was asked. */
    void hold() {
        holding = true;
    }

    /** How many answers wait. */
    int heldCount() {
        return held.size();
    }

    /** Lets the oldest answer go. */
    void releaseOne() {
        held.remove().release();
    }

    /** Lets the newest answer go, before the others. */
    void releaseNewest() {
        Held newest = null;
        for (int left = held.size(); left > 0; left--) {
            newest = held.remove();
            if (left > 1) {
                held.add(newest);
            }
        }
        newest.release();
    }

    void failOne() {
        held.remove().fail();
    }

    void release() {
        holding = false;
        while (!held.isEmpty()) {
            releaseOne();
        }
    }

    /** Everything that is asked from now on fails, until it is back. */
    void away(boolean isAway) {
        away = isAway;
    }

    private <T> CompletionStage<T> answer(Supplier<CompletionStage<T>> question) {
        if (away) {
            return CompletableFuture.failedFuture(unavailable());
        }
        CompletionStage<T> stage = question.get();
        if (!holding) {
            return stage;
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        held.add(new Held() {
            @Override
            public void release() {
                stage.whenComplete((value, error) -> {
                    if (error == null) {
                        later.complete(value);
                    } else {
                        later.completeExceptionally(error);
                    }
                });
            }

            @Override
            public void fail() {
                later.completeExceptionally(unavailable());
            }
        });
        return later;
    }

    private static TelemetryException unavailable() {
        return new TelemetryException(ErrorCode.UNAVAILABLE, "the store is away");
    }

    @Override
    public void start(Sink sink) {
        real.start(sink);
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        return answer(() -> real.publish(publication));
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        real.interest(pattern, wanted);
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        return answer(() -> real.history(topic, after, limit));
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        return answer(() -> real.topics(pattern));
    }

    @Override
    public State state() {
        return real.state();
    }

    @Override
    public void close() {
        real.close();
    }

    private interface Held {
        void release();

        void fail();
    }
}
