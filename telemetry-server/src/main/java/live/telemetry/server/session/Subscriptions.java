package live.telemetry.server.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * What a session is subscribed to, and the cursor that each topic has by that. A topic has one cursor however many
 * subscriptions match it: an exact one wins over patterns, and among patterns the first.
 */
final class Subscriptions {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Session session;
    private final Node node;
    private final LoopSessions sessions;
    private final SessionLimits limits;
    private final CursorTable table = new CursorTable();

    Subscriptions(Session session, Node node, LoopSessions sessions, SessionLimits limits) {
        this.session = session;
        this.node = node;
        this.sessions = sessions;
        this.limits = limits;
    }

    int count() {
        return table.subscriptionCount();
    }

    // ---- subscribe

    void subscribe(Subscription subscription) {
        TopicPattern pattern = subscription.pattern();
        if (table.find(pattern) != null) {
            throw new TelemetryException(
                    ErrorCode.ALREADY_SUBSCRIBED,
                    "\"" + pattern.text() + "\" is subscribed already; unsubscribe first");
        }
        if (table.subscriptionCount() >= limits.maxSubscriptions()) {
            throw new TelemetryException(
                    ErrorCode.TOO_MANY_TOPICS,
                    "a session has at most " + limits.maxSubscriptions() + " subscriptions; use patterns");
        }
        if (pattern.isExact() && !mayRead(pattern)) {
            throw session.forbidden("read", pattern);
        }
        table.add(subscription);
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
        List<NodeTopic> births = subscription.takeBirths();
        if (subscription.isExact()) {
            NodeTopic topic = found.isEmpty() ? topicOfPattern(subscription) : found.get(0);
            if (topic == null) {
                announceUnborn(subscription);
            } else {
                attachExact(subscription, topic, births.contains(topic));
            }
        } else {
            if (!subscription.isQuiet()) {
                session.send(new PatternSubscribed(subscription.requestId(), subscription.pattern()));
            }
            List<NodeTopic> sorted = new ArrayList<>(found);
            sorted.sort(Comparator.comparing(NodeTopic::topic));
            for (NodeTopic topic : sorted) {
                Subscription earlier = earlierWithoutCursor(subscription, topic.topic());
                if (earlier != null) {
                    born(earlier, topic);
                } else {
                    attach(subscription, topic, sinceFor(subscription, topic.topic()), births.contains(topic));
                }
            }
        }
        for (NodeTopic topic : births) {
            born(subscription, topic);
        }
        subscription.begun();
    }

    /** A topic that had no record when it was looked up may have been born, and come by a pattern, since then. */
    private @Nullable NodeTopic topicOfPattern(Subscription exact) {
        TopicCursor cursor = table.at(exact);
        return cursor == null ? null : cursor.nodeTopic();
    }

    /** A topic without a record: it begins with its first one. */
    private void announceUnborn(Subscription subscription) {
        Topic topic = Topic.of(subscription.pattern().text());
        Long id = subscription.requestId();
        Since since = subscription.since();
        Integer snapshot = since instanceof Since.Snapshot ? 0 : null;
        if (since instanceof Since.After after && !after.position().equals(Position.NONE)) {
            if (!subscription.isQuietAbout(since)) {
                session.send(new Subscribed(id, topic, null, after.position(), 0, false, null));
            }
            session.counters().gaps.increment();
            session.send(new Gap(null, topic, "", 1, 0, 1, GapReason.EPOCH_CHANGED, null));
        } else if (!subscription.knowsUnborn()) {
            session.send(new Subscribed(id, topic, null, Position.NONE, 0, true, snapshot));
        }
    }

    /**
     * "From now on" is from before the first record of a topic that was born since the request came. A topic that this node only
     * heard of then, and that others have had for long, has no first record here.
     */
    private static Since sinceBirth(Since since, NodeTopic topic, boolean bornMeanwhile) {
        TopicLog log = topic.log();
        boolean fromFirst = since instanceof Since.Now && bornMeanwhile && log != null && log.first() == 1;
        return fromFirst ? Since.START : since;
    }

    private static Since sinceFor(Subscription subscription, Topic topic) {
        if (subscription.since() instanceof Since.Positions positions) {
            Position known = positions.positions().get(topic);
            return known == null ? Since.START : Since.after(known);
        }
        return subscription.since();
    }

    private void attachExact(Subscription subscription, NodeTopic topic, boolean bornMeanwhile) {
        TopicCursor existing = table.at(topic.topic());
        Long id = subscription.requestId();
        if (existing != null) {
            takeOver(existing, subscription, subscription.since(), id);
            return;
        }
        TopicCursor cursor = newCursor(subscription, topic, id);
        if (cursor != null) {
            cursor.begin(subscription, sinceBirth(subscription.since(), topic, bornMeanwhile), id);
        } else {
            remove(subscription);
        }
    }

    private void attach(Subscription subscription, NodeTopic topic, Since since, boolean bornMeanwhile) {
        if (!session.rights().maySubscribe(topic.topic())) {
            return;
        }
        TopicCursor existing = table.at(topic.topic());
        if (existing != null) {
            if (winsOver(subscription, existing.owner())) {
                takeOver(existing, subscription, since, null);
            }
            return;
        }
        TopicCursor cursor = newCursor(subscription, topic, null);
        if (cursor != null) {
            cursor.begin(subscription, sinceBirth(since, topic, bornMeanwhile), null);
        }
    }

    /**
     * A look-up can name a topic before its birth is told on this loop, and what two look-ups found can arrive in another order
     * than they were answered. The topic then belongs to whoever waits for that birth, and
     * was promised it from its first record on.
     */
    private @Nullable Subscription earlierWithoutCursor(Subscription subscription, Topic topic) {
        boolean hasRoom = table.at(topic) == null && table.cursorCount() < limits.maxTopics();
        return hasRoom ? table.earlierThan(subscription, topic) : null;
    }

    private static void takeOver(TopicCursor cursor, Subscription subscription, Since since, @Nullable Long id) {
        if (since instanceof Since.Now) {
            cursor.continueFor(subscription, id);
        } else {
            cursor.begin(subscription, since, id);
        }
    }

    /** Of two patterns the first one wins, although it may have been looked up later. */
    private static boolean winsOver(Subscription pattern, Subscription other) {
        return !other.isExact() && pattern.number() < other.number();
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
        if (!session.rights().maySubscribe(topic.topic())) {
            return;
        }
        TopicCursor existing = table.at(topic.topic());
        if (existing == null) {
            TopicCursor cursor = newCursor(subscription, topic, null);
            if (cursor != null) {
                beginAtBirth(cursor, subscription);
            }
        } else if (winsOver(subscription, existing.owner())) {
            existing.continueFor(subscription, null);
        }
    }

    /** A topic of which a client has a position has been there before, and was born again. */
    private static void beginAtBirth(TopicCursor cursor, Subscription subscription) {
        boolean known = subscription.since() instanceof Since.Positions positions
                && positions.positions().containsKey(cursor.nodeTopic().topic());
        if (known) {
            cursor.begin(subscription, sinceFor(subscription, cursor.nodeTopic().topic()), null);
        } else {
            cursor.beginAtBirth();
        }
    }

    /** A cursor for a topic; null at the bound, which is told: for each exact topic, and once for each pattern. */
    private @Nullable TopicCursor newCursor(Subscription subscription, NodeTopic topic, @Nullable Long requestId) {
        if (table.cursorCount() >= limits.maxTopics()) {
            session.counters().refusedTopics.increment();
            if (subscription.tellsRefusal()) {
                String others = subscription.isExact()
                        ? ""
                        : ", nor are others of \"" + subscription.pattern().text() + '"';
                session.fail(
                        requestId,
                        ErrorCode.TOO_MANY_TOPICS,
                        "a session has at most " + limits.maxTopics() + " topics; " + topic.topic()
                                + " is not delivered" + others);
            }
            return null;
        }
        TopicCursor cursor = new TopicCursor(session, topic, subscription);
        table.add(cursor);
        sessions.follow(cursor);
        return cursor;
    }

    /** A subscription cannot begin. It is gone before anybody is told, since whoever is told may close the session. */
    void failed(Subscription subscription, @Nullable Throwable error) {
        remove(subscription);
        dropOrHandOver(subscription);
        subscription.failed(
                error != null
                        ? error
                        : new TelemetryException(ErrorCode.UNAVAILABLE, "the history is not to be had now"));
    }

    // ---- unsubscribe

    void unsubscribe(Unsubscribe request) {
        Subscription subscription = table.find(request.pattern());
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
        answerWaiting(subscription);
        session.send(new Unsubscribed(request.id(), subscription.pattern(), null));
        dropOrHandOver(subscription);
    }

    private void answerWaiting(Subscription ended) {
        if (ended.isExact()) {
            TopicCursor cursor = table.at(ended);
            if (cursor != null && cursor.owner() == ended) {
                cursor.answerWaiting();
            }
        }
    }

    private void remove(Subscription subscription) {
        subscription.end();
        table.remove(subscription);
        sessions.remove(subscription);
    }

    /** The cursors of a subscription that has ended go to the first pattern that still matches, or end as well. */
    private void dropOrHandOver(Subscription ended) {
        for (TopicCursor cursor : table.ownedBy(ended)) {
            Topic topic = cursor.nodeTopic().topic();
            Subscription heir = session.rights().maySubscribe(topic) ? table.heirOf(topic) : null;
            if (heir == null) {
                drop(cursor);
            } else {
                cursor.continueFor(heir, null);
            }
        }
    }

    private void drop(TopicCursor cursor) {
        cursor.close();
        table.remove(cursor);
        sessions.unfollow(cursor);
    }

    // ---- rights

    /** The rights have changed: what they do not cover any more ends, what they now cover comes to the live patterns. */
    void applyRights() {
        Rights rights = session.rights();
        for (Subscription subscription : List.copyOf(table.subscriptions())) {
            if (subscription.isExact() && !mayRead(subscription.pattern())) {
                endExact(subscription);
            }
        }
        for (TopicCursor cursor : List.copyOf(table.cursors())) {
            Topic topic = cursor.nodeTopic().topic();
            if (!rights.maySubscribe(topic)) {
                if (!cursor.owner().isExact()) {
                    revoke(TopicPattern.of(topic));
                }
                drop(cursor);
            }
        }
        for (Subscription subscription : List.copyOf(table.subscriptions())) {
            if (!subscription.isExact() && subscription.isLive()) {
                attachPermitted(subscription);
            }
        }
    }

    private void endExact(Subscription subscription) {
        remove(subscription);
        if (subscription.isLive()) {
            answerWaiting(subscription);
            revoke(subscription.pattern());
        } else {
            session.fail(subscription.requestId(), session.forbidden("read", subscription.pattern()));
        }
        dropOrHandOver(subscription);
    }

    /** Nobody has asked for this, so a store that is away is no error, but asked again. */
    private void attachPermitted(Subscription subscription) {
        session.await(
                node.lookUp(subscription.pattern()),
                found -> {
                    if (!subscription.hasEnded()) {
                        found.forEach(topic -> attach(subscription, topic, Since.NOW, false));
                    }
                },
                error -> session.loop().schedule(LOOK_AGAIN_NANOS, () -> {
                    if (!subscription.hasEnded()) {
                        attachPermitted(subscription);
                    }
                }));
    }

    private void revoke(TopicPattern pattern) {
        session.send(new Unsubscribed(null, pattern, Unsubscribed.REVOKED));
    }

    private boolean mayRead(TopicPattern exact) {
        return session.rights().maySubscribe(Topic.of(exact.text()));
    }

    // ---- the rest of the session

    int topicCount() {
        return table.cursorCount();
    }

    /** Where the peer can go on, of each topic of which that is known. */
    Map<Topic, Position> positions() {
        return table.positions();
    }

    void announceExact(WriteBatch batch) {
        for (Subscription subscription : table.subscriptions()) {
            TopicCursor cursor = subscription.isExact() ? table.at(subscription) : null;
            if (cursor != null && batch.hasRoom()) {
                cursor.announce(batch);
            }
        }
    }

    boolean hasUnknownBeginning() {
        return table.hasUnknownBeginning();
    }

    boolean isSettled() {
        return table.isSettled();
    }

    void markDirty(NodeTopic topic) {
        TopicCursor cursor = table.at(topic.topic());
        if (cursor != null) {
            cursor.markDirty();
        }
    }

    void close() {
        table.cursors().forEach(cursor -> {
            cursor.close();
            sessions.unfollow(cursor);
        });
        table.subscriptions().forEach(subscription -> {
            subscription.end();
            sessions.remove(subscription);
        });
        table.clear();
    }
}
