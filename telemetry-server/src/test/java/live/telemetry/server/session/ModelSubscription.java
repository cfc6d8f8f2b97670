package live.telemetry.server.session;

import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/**
 * A subscription of a modelled client.
 *
 * @param pattern what it asked for
 * @param since the JSON of its {@code since} where nothing is to be resumed, or null
 * @param conflated in which mode
 */
record ModelSubscription(TopicPattern pattern, String since, boolean conflated) {

    boolean matches(Topic topic) {
        return pattern.matches(topic);
    }

    @Override
    public String toString() {
        return pattern.text() + (since == null ? "" : " since " + since) + (conflated ? " conflated" : "");
    }
}
