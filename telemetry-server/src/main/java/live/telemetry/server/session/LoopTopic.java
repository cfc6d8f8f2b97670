package live.telemetry.server.session;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import live.telemetry.server.node.NodeTopic;
import live.telemetry.server.node.TopicWatcher;
import org.jspecify.annotations.Nullable;

/**
 * A topic that sessions of one loop follow: from its log's changes to their cursors.
 *
 * <p>Threads: {@link #topicChanged} comes from whoever appends. However often it comes, the topic stands on the loop's stack
 * once, and the loop is woken once, until the loop has looked. Everything else is confined to the loop.
 */
final class LoopTopic implements TopicWatcher {

    private final NodeTopic topic;
    private final LoopSessions sessions;
    private final AtomicBoolean onStack = new AtomicBoolean();
    private volatile @Nullable LoopTopic belowInStack;

    private @Nullable TopicCursor[] cursors = new TopicCursor[1];
    private int size;

    LoopTopic(NodeTopic topic, LoopSessions sessions) {
        this.topic = topic;
        this.sessions = sessions;
    }

    @Override
    public void topicChanged() {
        if (!onStack.get() && onStack.compareAndSet(false, true)) {
            sessions.push(this);
        }
    }

    void linkInStack(@Nullable LoopTopic below) {
        belowInStack = below;
    }

    /** From here on a change brings the topic onto the stack again, so the cursors must look at the log after this. */
    @Nullable
    LoopTopic takeFromStack() {
        LoopTopic below = belowInStack;
        belowInStack = null;
        onStack.set(false);
        return below;
    }

    void markCursors() {
        for (int i = 0; i < size; i++) {
            Objects.requireNonNull(cursors[i]).markDirty();
        }
    }

    void add(TopicCursor cursor) {
        if (size == cursors.length) {
            cursors = Arrays.copyOf(cursors, size * 2);
        }
        cursor.slot = size;
        cursors[size++] = cursor;
    }

    void remove(TopicCursor cursor) {
        TopicCursor moved = Objects.requireNonNull(cursors[--size]);
        cursors[cursor.slot] = moved;
        moved.slot = cursor.slot;
        // Else it would keep a session that has ended.
        cursors[size] = null;
        if (cursors.length > 4 * size && cursors.length > 1) {
            cursors = Arrays.copyOf(cursors, cursors.length / 2);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    @Override
    public String toString() {
        return "LoopTopic[" + topic + ", " + size + " cursors]";
    }
}
