package live.telemetry.client;

import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;

/**
 * Where a subscription begins, and which records it sees.
 *
 * @param since where to begin the first time; after that the client resumes by itself
 * @param mode every record, or the latest of each key at a bounded rate
 */
public record SubscribeOptions(Since since, Mode mode) {

    /** From now on, every record. */
    public static final SubscribeOptions DEFAULT = new SubscribeOptions(Since.NOW, Mode.ALL);

    /**
     * Every record from a beginning.
     *
     * @param since where to begin
     * @return the options
     */
    public static SubscribeOptions from(Since since) {
        return new SubscribeOptions(since, Mode.ALL);
    }

    /**
     * Every record after the positions that an earlier subscription to the same topic or pattern had come to. Topics that it has
     * not known are those born since, and begin at their first record; a single topic that it has not known begins now.
     *
     * @param topicOrPattern what was, and is going to be, subscribed
     * @param positions what {@link Subscription#positions()} gave
     * @return the options
     * @throws live.telemetry.core.TelemetryException with {@code BAD_TOPIC} if the name is not valid
     */
    public static SubscribeOptions resume(String topicOrPattern, Map<Topic, Position> positions) {
        return TopicPattern.of(topicOrPattern)
                .exactTopic()
                .map(topic -> positions.containsKey(topic) ? Since.after(positions.get(topic)) : Since.NOW)
                .map(SubscribeOptions::from)
                .orElseGet(() -> from(new Since.Positions(positions)));
    }

    /**
     * The same with another beginning.
     *
     * @param since where to begin
     * @return new options
     */
    public SubscribeOptions withSince(Since since) {
        return new SubscribeOptions(since, mode);
    }

    /**
     * The same in another mode.
     *
     * @param mode for example {@code Mode.conflated(10)}
     * @return new options
     */
    public SubscribeOptions withMode(Mode mode) {
        return new SubscribeOptions(since, mode);
    }
}
