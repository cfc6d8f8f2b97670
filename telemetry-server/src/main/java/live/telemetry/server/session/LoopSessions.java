package live.telemetry.server.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop, and which of the node's topics they follow.
 *
 * <p>Threads: confined to the loop, except for the stack of changed topics, onto which whoever appends to a log pushes.
 */
public final class LoopSessions {

    private final Loop loop;
    private final Node node;
    private final Map<NodeTopic, LoopTopic> followed = new HashMap<>();
    private final PatternIndex<Subscription> index = new PatternIndex<>();
    private final Set<Session> sessions = new LinkedHashSet<>();
    private long subscriptionsMade;

    /** A stack that is linked through its elements; each is on it at most once. */
    private final AtomicReference<@Nullable LoopTopic> changed = new AtomicReference<>();

    /**
     * No sessions yet.
     *
     * @param loop where they will live
     * @param node whose topics they will follow
     */
    public LoopSessions(Loop loop, Node node) {
        this.loop = loop;
        this.node = node;
        node.onBirth(topic -> loop.execute(() -> born(topic)));
    }

    /** Whether a topic has changed since the last {@link #followChanges}. Any thread. */
    public boolean hasChanges() {
        return changed.get() != null;
    }

    /** Marks the sessions that follow a topic which has changed; they then ask their transports to be written. */
    public void followChanges() {
        LoopTopic topic = changed.getAndSet(null);
        while (topic != null) {
            LoopTopic next = topic.takeFromStack();
            topic.markCursors();
            topic = next;
        }
    }

    /** The sessions that are open. */
    public List<Session> sessions() {
        return new ArrayList<>(sessions);
    }

    void add(Session session) {
        sessions.add(session);
    }

    void remove(Session session) {
        sessions.remove(session);
    }

    void add(Subscription subscription) {
        subscription.numberWith(subscriptionsMade++);
        index.add(subscription.pattern(), subscription);
        node.acquire(subscription.pattern());
    }

    void remove(Subscription subscription) {
        index.remove(subscription.pattern(), subscription);
        node.release(subscription.pattern());
    }

    void follow(TopicCursor cursor) {
        followed.computeIfAbsent(cursor.nodeTopic(), topic -> {
                    LoopTopic followedTopic = new LoopTopic(topic, this);
                    topic.addWatcher(followedTopic);
                    return followedTopic;
                })
                .add(cursor);
    }

    void unfollow(TopicCursor cursor) {
        LoopTopic topic = followed.get(cursor.nodeTopic());
        if (topic != null) {
            topic.remove(cursor);
            if (topic.isEmpty()) {
                followed.remove(cursor.nodeTopic());
                cursor.nodeTopic().removeWatcher(topic);
            }
        }
    }

    /** Any thread. */
    void push(LoopTopic topic) {
        LoopTopic top;
        do {
            top = changed.get();
            topic.linkInStack(top);
        } while (!changed.compareAndSet(top, topic));
        loop.wakeUp();
    }

    private void born(NodeTopic topic) {
        List<Subscription> wanting = index.matching(topic.topic());
        // An exact subscription wins over patterns, and among patterns the first.
        wanting.sort(Comparator.comparing((Subscription s) -> !s.pattern().isExact())
                .thenComparingLong(Subscription::number));
        for (Subscription subscription : wanting) {
            subscription.session().subscriptions().born(subscription, topic);
        }
    }
}
