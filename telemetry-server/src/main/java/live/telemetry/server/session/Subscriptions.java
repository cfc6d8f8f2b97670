package live.telemetry.server.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * What a session is subscribed to, and the cursor that each topic has by that. A topic has one cursor however many
 * subscriptions match it: an exact one wins over patterns, and among patterns the first.
 */
final class Subscriptions {

    private final Session session;
    private final Node node;
    private final LoopSessions sessions;
    private final SessionLimits limits;
    private final Map<TopicPattern, Subscription> byPattern = new LinkedHashMap<>(4);
    private final Map<Topic, TopicCursor> cursors = new HashMap<>(4);

    Subscriptions(Session session, Node node, LoopSessions sessions, SessionLimits limits) {
        this.session = session;
        this.node = node;
        this.sessions = sessions;
        this.limits = limits;
    }

    int count() {
        return byPattern.size();
    }

    // ---- subscribe

    void subscribe(Subscribe request) {
        TopicPattern pattern = request.pattern();
        if (byPattern.containsKey(pattern)) {
            throw new TelemetryException(
                    ErrorCode.ALREADY_SUBSCRIBED,
                    "\"" + pattern.text() + "\" is subscribed already; unsubscribe first");
        }
        if (byPattern.size() >= limits.maxSubscriptions()) {
            throw new TelemetryException(
                    ErrorCode.TOO_MANY_TOPICS,
                    "a session has at most " + limits.maxSubscriptions() + " subscriptions; use patterns");
        }
        if (pattern.isExact() && !mayRead(pattern)) {
            throw session.forbidden("read", pattern);
        }
        Subscription subscription = new Subscription(session, request);
        byPattern.put(pattern, subscription);
        // Before the look-up, so that no topic is born unseen between the two.
        sessions.add(subscription);
        session.await(node.lookUp(pattern), found -> lookedUp(subscription, found), error -> {
            if (!subscription.hasEnded()) {
                failed(subscription, error);
            }
        });
    }

    private void lookedUp(Subscription subscription, List<NodeTopic> found) {
        if (subscription.hasEnded()) {
            return;
        }
        subscription.goLive();
        if (subscription.isExact()) {
            if (found.isEmpty()) {
                announceUnborn(subscription);
            } else {
                attachExact(subscription, found.get(0));
            }
        } else {
            session.send(new PatternSubscribed(subscription.requestId(), subscription.pattern()));
            List<NodeTopic> sorted = new ArrayList<>(found);
            sorted.sort(Comparator.comparing(NodeTopic::topic));
            for (NodeTopic topic : sorted) {
                attach(subscription, topic, sinceFor(subscription, topic.topic()));
            }
        }
        for (NodeTopic topic : subscription.takeBirths()) {
            born(subscription, topic);
        }
    }

    /** A topic without a record: it begins with its first one. */
    private void announceUnborn(Subscription subscription) {
        Topic topic = Topic.of(subscription.pattern().text());
        Long id = subscription.requestId();
        Since since = subscription.since();
        Integer snapshot = since instanceof Since.Snapshot ? 0 : null;
        if (since instanceof Since.After after && !after.position().equals(Position.NONE)) {
            session.send(new Subscribed(id, topic, null, after.position(), 0, false, null));
            session.counters().gaps.increment();
            session.send(new Gap(null, topic, "", 1, 0, 1, GapReason.EPOCH_CHANGED, null));
        } else {
            session.send(new Subscribed(id, topic, null, Position.NONE, 0, true, snapshot));
        }
    }

    private static Since sinceFor(Subscription subscription, Topic topic) {
        if (subscription.since() instanceof Since.Positions positions) {
            Position known = positions.positions().get(topic);
            return known == null ? Since.START : Since.after(known);
        }
        return subscription.since();
    }

    private void attachExact(Subscription subscription, NodeTopic topic) {
        TopicCursor existing = cursors.get(topic.topic());
        Long id = subscription.requestId();
        if (existing == null) {
            TopicCursor cursor = newCursor(subscription, topic);
            if (cursor != null) {
                cursor.begin(subscription, subscription.since(), id);
            } else {
                remove(subscription);
            }
        } else if (subscription.since() instanceof Since.Now) {
            existing.continueFor(subscription, id);
        } else {
            existing.begin(subscription, subscription.since(), id);
        }
    }

    private void attach(Subscription subscription, NodeTopic topic, Since since) {
        if (cursors.containsKey(topic.topic()) || !session.rights().maySubscribe(topic.topic())) {
            return;
        }
        TopicCursor cursor = newCursor(subscription, topic);
        if (cursor != null) {
            cursor.begin(subscription, since, null);
        }
    }

    /** A topic that a subscription matches has got its first record. */
    void born(Subscription subscription, NodeTopic topic) {
        if (subscription.hasEnded()) {
            return;
        }
        if (!subscription.isLive()) {
            subscription.rememberBirth(topic);
            return;
        }
        if (!cursors.containsKey(topic.topic()) && session.rights().maySubscribe(topic.topic())) {
            TopicCursor cursor = newCursor(subscription, topic);
            if (cursor != null) {
                cursor.beginAtBirth();
            }
        }
    }

    private @Nullable TopicCursor newCursor(Subscription subscription, NodeTopic topic) {
        if (cursors.size() >= limits.maxTopics()) {
            session.counters().refusedTopics.increment();
            session.fail(
                    subscription.isExact() ? subscription.requestId() : null,
                    ErrorCode.TOO_MANY_TOPICS,
                    "a session has at most " + limits.maxTopics() + " topics; " + topic.topic() + " is not delivered");
            return null;
        }
        TopicCursor cursor = new TopicCursor(session, topic, subscription);
        cursors.put(topic.topic(), cursor);
        sessions.follow(cursor);
        return cursor;
    }

    /** A subscription cannot begin. */
    void failed(Subscription subscription, @Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        session.fail(
                subscription.requestId(),
                cause != null
                        ? cause
                        : new TelemetryException(ErrorCode.UNAVAILABLE, "the history is not to be had now"));
        remove(subscription);
        dropOrHandOver(subscription);
    }

    // ---- unsubscribe

    void unsubscribe(Unsubscribe request) {
        Subscription subscription = byPattern.get(request.pattern());
        if (subscription == null) {
            throw new TelemetryException(
                    ErrorCode.NOT_SUBSCRIBED, "\"" + request.pattern().text() + "\" is not subscribed");
        }
        if (!subscription.isLive()) {
            session.fail(
                    subscription.requestId(),
                    ErrorCode.NOT_SUBSCRIBED,
                    "the subscription was ended before it had begun");
        }
        remove(subscription);
        if (subscription.isExact()) {
            TopicCursor cursor = cursors.get(Topic.of(subscription.pattern().text()));
            if (cursor != null && cursor.owner() == subscription) {
                cursor.answerWaiting();
            }
        }
        session.send(new Unsubscribed(request.id(), subscription.pattern(), null));
        dropOrHandOver(subscription);
    }

    private void remove(Subscription subscription) {
        subscription.end();
        byPattern.remove(subscription.pattern());
        sessions.remove(subscription);
    }

    /** The cursors of a subscription that has ended go to the first pattern that still matches, or end as well. */
    private void dropOrHandOver(Subscription ended) {
        for (TopicCursor cursor : List.copyOf(cursors.values())) {
            if (cursor.owner() != ended) {
                continue;
            }
            Subscription heir = heirOf(cursor.nodeTopic().topic());
            if (heir == null) {
                drop(cursor);
            } else {
                cursor.continueFor(heir, null);
            }
        }
    }

    private @Nullable Subscription heirOf(Topic topic) {
        for (Subscription candidate : byPattern.values()) {
            if (!candidate.isExact()
                    && candidate.isLive()
                    && candidate.pattern().matches(topic)) {
                return candidate;
            }
        }
        return null;
    }

    private void drop(TopicCursor cursor) {
        cursor.close();
        cursors.remove(cursor.nodeTopic().topic());
        sessions.unfollow(cursor);
    }

    // ---- rights

    /** The rights have changed: what they do not cover any more ends, what they now cover comes to the live patterns. */
    void applyRights() {
        Rights rights = session.rights();
        for (Subscription subscription : List.copyOf(byPattern.values())) {
            if (subscription.isExact() && !mayRead(subscription.pattern())) {
                remove(subscription);
                revoke(subscription.pattern());
                dropOrHandOver(subscription);
            }
        }
        for (TopicCursor cursor : List.copyOf(cursors.values())) {
            Topic topic = cursor.nodeTopic().topic();
            if (!rights.maySubscribe(topic)) {
                if (!cursor.owner().isExact()) {
                    revoke(TopicPattern.of(topic));
                }
                drop(cursor);
            }
        }
        for (Subscription subscription : List.copyOf(byPattern.values())) {
            if (!subscription.isExact() && subscription.isLive()) {
                session.await(
                        node.lookUp(subscription.pattern()),
                        (Long) null,
                        found -> found.forEach(topic -> {
                            if (!subscription.hasEnded()) {
                                attach(subscription, topic, Since.NOW);
                            }
                        }));
            }
        }
    }

    private void revoke(TopicPattern pattern) {
        session.send(new Unsubscribed(null, pattern, Unsubscribed.REVOKED));
    }

    private boolean mayRead(TopicPattern exact) {
        return session.rights().maySubscribe(Topic.of(exact.text()));
    }

    // ---- the rest of the session

    void markDirty(NodeTopic topic) {
        TopicCursor cursor = cursors.get(topic.topic());
        if (cursor != null) {
            cursor.markDirty();
        }
    }

    void close() {
        cursors.values().forEach(cursor -> {
            cursor.close();
            sessions.unfollow(cursor);
        });
        cursors.clear();
        byPattern.values().forEach(subscription -> {
            subscription.end();
            sessions.remove(subscription);
        });
        byPattern.clear();
    }
}
