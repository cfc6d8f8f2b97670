package live.telemetry.server.session;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Position;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/** What a client has subscribed to: a topic or a pattern. */
final class Subscription {

    private final Session session;
    private final Subscribe request;
    private final boolean quiet;
    private final Begin then;
    private final List<NodeTopic> bornMeanwhile = new ArrayList<>(0);
    private long number;
    private boolean live;
    private boolean ended;
    private boolean refusalTold;

    /**
     * Not looked up yet.
     *
     * @param session whose it is
     * @param request what it is
     * @param quiet whether nothing is said of topics of which the peer has a position
     * @param then is told how it went
     */
    Subscription(Session session, Subscribe request, boolean quiet, Begin then) {
        this.session = session;
        this.request = request;
        this.quiet = quiet;
        this.then = then;
    }

    /** Whether a topic that begins there is known to the peer, and not announced. */
    boolean isQuietAbout(Since since) {
        return quiet && since instanceof Since.After after && !after.position().equals(Position.NONE);
    }

    /** Whether the peer has been told of the subscription itself. */
    boolean isQuiet() {
        return quiet && since() instanceof Since.Positions;
    }

    /** Whether the peer knows that the topic has no record yet. */
    boolean knowsUnborn() {
        return quiet && since() instanceof Since.After;
    }

    /** What there is has been looked up, and has its cursors. */
    void begun() {
        then.begun();
    }

    void failed(Throwable error) {
        then.failed(error);
    }

    Session session() {
        return session;
    }

    TopicPattern pattern() {
        return request.pattern();
    }

    @Nullable
    Long requestId() {
        return request.id();
    }

    Since since() {
        return request.since();
    }

    Mode mode() {
        return request.mode();
    }

    boolean isExact() {
        return request.pattern().isExact();
    }

    /** Earlier subscriptions have lower numbers. */
    long number() {
        return number;
    }

    void numberWith(long number) {
        this.number = number;
    }

    /** Whether the topics that existed when it began have been looked up. */
    boolean isLive() {
        return live;
    }

    void goLive() {
        live = true;
    }

    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** Whether a topic beyond the session's bound is told: for a pattern only the first one, since there may be many. */
    boolean tellsRefusal() {
        boolean first = !refusalTold;
        refusalTold = true;
        return first || isExact();
    }

    /** A topic that was born while the existing ones were looked up. */
    void rememberBirth(NodeTopic topic) {
        bornMeanwhile.add(topic);
    }

    List<NodeTopic> takeBirths() {
        List<NodeTopic> births = List.copyOf(bornMeanwhile);
        bornMeanwhile.clear();
        return births;
    }
}
