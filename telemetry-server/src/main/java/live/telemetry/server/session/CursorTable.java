package live.telemetry.server.session;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** A session's subscriptions in the order in which they came, the cursor that each topic has by them, and whose it is. */
final class CursorTable {

    private final Map<TopicPattern, Subscription> byPattern = new LinkedHashMap<>(4);
    private final Map<Topic, TopicCursor> byTopic = new HashMap<>(4);

    // ---- subscriptions

    int subscriptionCount() {
        return byPattern.size();
    }

    @Nullable
    Subscription find(TopicPattern pattern) {
        return byPattern.get(pattern);
    }

    void add(Subscription subscription) {
        byPattern.put(subscription.pattern(), subscription);
    }

    void remove(Subscription subscription) {
        byPattern.remove(subscription.pattern());
    }

    Collection<Subscription> subscriptions() {
        return byPattern.values();
    }

    // ---- cursors

    int cursorCount() {
        return byTopic.size();
    }

    @Nullable
    TopicCursor at(Topic topic) {
        return byTopic.get(topic);
    }

    @Nullable
    TopicCursor at(Subscription exact) {
        return byTopic.get(Topic.of(exact.pattern().text()));
    }

    void add(TopicCursor cursor) {
        byTopic.put(cursor.nodeTopic().topic(), cursor);
    }

    void remove(TopicCursor cursor) {
        byTopic.remove(cursor.nodeTopic().topic());
    }

    Collection<TopicCursor> cursors() {
        return byTopic.values();
    }

    void clear() {
        byTopic.clear();
        byPattern.clear();
    }

    // ---- whose cursor it is

    List<TopicCursor> ownedBy(Subscription subscription) {
        if (subscription.isExact()) {
            TopicCursor only = at(subscription);
            return only == null || only.owner() != subscription ? List.of() : List.of(only);
        }
        return byTopic.values().stream()
                .filter(cursor -> cursor.owner() == subscription)
                .toList();
    }

    /** The live subscription before this one that a topic without a cursor belongs to: an exact one, or the first pattern. */
    @Nullable
    Subscription earlierThan(Subscription subscription, Topic topic) {
        Subscription exact = byPattern.get(TopicPattern.of(topic));
        if (exact != null && exact.isLive()) {
            return exact;
        }
        for (Subscription candidate : byPattern.values()) {
            if (candidate == subscription) {
                return null;
            }
            if (isLivePatternOf(candidate, topic)) {
                return candidate;
            }
        }
        return null;
    }

    /** The first live pattern that matches a topic. */
    @Nullable
    Subscription heirOf(Topic topic) {
        for (Subscription candidate : byPattern.values()) {
            if (isLivePatternOf(candidate, topic)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean isLivePatternOf(Subscription candidate, Topic topic) {
        return !candidate.isExact() && candidate.isLive() && candidate.pattern().matches(topic);
    }

    // ---- where the peer can go on

    /** Of each topic of which that is known. */
    Map<Topic, Position> positions() {
        Map<Topic, Position> positions = new HashMap<>();
        for (Subscription subscription : byPattern.values()) {
            if (subscription.isExact() && subscription.isLive()) {
                // Replaced below, unless the topic has no record.
                positions.put(Topic.of(subscription.pattern().text()), Position.NONE);
            }
        }
        byTopic.forEach((topic, cursor) -> {
            Position position = cursor.resumable();
            if (position == null) {
                positions.remove(topic);
            } else {
                positions.put(topic, position);
            }
        });
        return positions;
    }

    /** Whether an exact topic was asked for from the past, and it is not known yet where that is. */
    boolean hasUnknownBeginning() {
        return byPattern.values().stream().anyMatch(this::hasUnknownBeginning);
    }

    private boolean hasUnknownBeginning(Subscription subscription) {
        Since since = subscription.since();
        boolean somewhere = !(since instanceof Since.Now) && !(since instanceof Since.After);
        if (!subscription.isExact() || !somewhere) {
            return false;
        }
        TopicCursor cursor = at(subscription);
        return !subscription.isLive() || (cursor != null && cursor.resumable() == null);
    }

    /** Whether nothing has to be looked up or fetched. */
    boolean isSettled() {
        return byPattern.values().stream().allMatch(Subscription::isLive)
                && byTopic.values().stream().noneMatch(TopicCursor::isWaiting);
    }
}
