package live.telemetry.server.net.sse;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.server.net.subscription.SubscriptionRequest;
import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a stream with several topics: now and then an event that has nothing but an id, with the positions of all topics,
 * and behind which nothing that it names has still to come. Beyond 64 topics, or where they do not fit into 8 kB, there are none:
 * the last one is taken back, once.
 */
final class StreamIds {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final SubscriptionRequest request;
    private final Runnable whenDue;
    private String last = "";
    private boolean stale;
    private boolean given;
    private boolean ended;
    private long lastNanos;
    private Loop.@Nullable Timer timer;

    /** {@code whenDue} runs on the loop when an id is to be written that had to wait. */
    StreamIds(Loop loop, SubscriptionRequest request, Runnable whenDue) {
        this.loop = loop;
        this.request = request;
        this.whenDue = whenDue;
    }

    /** Something was written that may have moved a position. */
    void moved() {
        stale = true;
    }

    /** Everything is written: from now on an id may be due. */
    void drained() {
        if (!stale || ended) {
            return;
        }
        long wait = untilDue();
        if (wait <= 0) {
            whenDue.run();
        } else if (timer == null) {
            timer = loop.schedule(wait, () -> {
                timer = null;
                whenDue.run();
            });
        }
    }

    /**
     * The event that is due, or null.
     *
     * @param positions what has been written
     */
    byte @Nullable [] take(Map<Topic, Position> positions) {
        stale = false;
        lastNanos = loop.nanoTime();
        given = true;
        String id = request.cursorOf(positions);
        if (positions.size() > SubscriptionRequest.MAX_TOPICS_IN_HEAD
                || id.length() > SubscriptionRequest.MAX_ID_BYTES) {
            ended = true;
            return last.isEmpty() ? null : SseFraming.idOnly("");
        }
        if (id.equals(last)) {
            return null;
        }
        last = id;
        return SseFraming.idOnly(id);
    }

    boolean isDue() {
        return stale && !ended && untilDue() <= 0;
    }

    private long untilDue() {
        return given ? lastNanos + INTERVAL_NANOS - loop.nanoTime() : 0;
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
