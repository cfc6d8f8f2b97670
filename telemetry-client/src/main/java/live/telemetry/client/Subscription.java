package live.telemetry.client;

import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** A topic or pattern that a client is subscribed to, across all its connections. Safe for use by several threads. */
public interface Subscription extends AutoCloseable {

    /**
     * What is subscribed.
     *
     * @return a topic or a pattern
     */
    TopicPattern pattern();

    /**
     * Where it stands.
     *
     * @return the state now
     */
    SubscriptionState state();

    /**
     * How far the listener has come: for each topic the position of the last record that it has been given. Store it, and a
     * later process resumes there with {@link SubscribeOptions#resume}. While the listener runs, its record does not count yet.
     *
     * @return a copy; a topic that nothing is known of yet is missing
     */
    Map<Topic, Position> positions();

    /**
     * Ends the subscription: the listener is not called again, but for a call that is under way. Idempotent, returns at once,
     * and may be called by the listener.
     */
    @Override
    void close();
}
