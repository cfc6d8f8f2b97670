package live.telemetry.server.session;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import live.telemetry.core.Position;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.HistoryPage;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * Asks the broadcaster on behalf of one cursor: one question at a time, whose answer counts only if the cursor has not begun
 * anew meanwhile. A question that was answered in vain is put again when the log is another, or after a while; never at once,
 * since the answer would be the same.
 */
final class BeyondLog {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Loop loop;
    private final NodeTopic topic;
    private final Asker asker;
    private boolean looking;
    private int lookNumber;
    private @Nullable Position vainAt;
    private @Nullable TopicLog vainLog;
    private Loop.@Nullable Timer again;

    /** Who gets the answers; on the loop. */
    interface Asker {
        /** What lies there; null if the broadcaster could not say. */
        void looked(@Nullable HistoryPage found, @Nullable Throwable error);

        /** The log's table of latest records is complete; or not, and why. */
        void latestCompleted(@Nullable Throwable error);

        /** It is time to look again, if there is still a reason. */
        void lookAgain();
    }

    BeyondLog(Loop loop, NodeTopic topic, Asker asker) {
        this.loop = loop;
        this.topic = topic;
        this.asker = asker;
    }

    boolean isLooking() {
        return looking;
    }

    /**
     * Asks for what lies behind a position.
     *
     * @param asked the position, as the broadcaster is asked
     * @param at where the cursor stands
     */
    void look(Position asked, Position at) {
        if (vainLog == topic.log() && at.equals(vainAt)) {
            lookAgainLater();
            return;
        }
        ask(topic.page(asked), asker::looked);
    }

    /**
     * Asks for the latest records that the log does not know.
     *
     * @param at where the cursor stands
     */
    void completeLatest(Position at) {
        if (vainLog == topic.log() && at.equals(vainAt)) {
            lookAgainLater();
            return;
        }
        ask(topic.completeLatest(), (done, error) -> asker.latestCompleted(error));
    }

    private <T> void ask(CompletionStage<T> question, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        looking = true;
        int number = ++lookNumber;
        question.whenComplete((found, error) -> loop.execute(() -> {
            if (number == lookNumber) {
                looking = false;
                then.accept(found, error);
            }
        }));
    }

    /** The answer was of no use to a cursor that stands here: the node has yet to hear of what the broadcaster knows. */
    void wasInVain(Position at) {
        vainAt = at;
        vainLog = topic.log();
    }

    /** The broadcaster is away, or the node behind it: time will tell. */
    void lookAgainLater() {
        if (again == null) {
            again = loop.schedule(LOOK_AGAIN_NANOS, () -> {
                again = null;
                vainAt = null;
                asker.lookAgain();
            });
        }
    }

    /** Forgets the question; its answer will not be told. */
    void cancel() {
        looking = false;
        lookNumber++;
        vainAt = null;
        Loop.Timer waiting = again;
        if (waiting != null) {
            waiting.cancel();
            again = null;
        }
    }
}
