package live.telemetry.core;

import java.util.List;

/**
 * What an identity may do, topic by topic.
 *
 * @param subscribe the topics that it may read
 * @param publish the topics that it may write
 */
public record Rights(List<TopicPattern> subscribe, List<TopicPattern> publish) {

    /** Read every topic, write none. */
    public static final Rights READ_ALL = new Rights(List.of(TopicPattern.ALL), List.of());

    /** Read and write every topic. */
    public static final Rights ALL = new Rights(List.of(TopicPattern.ALL), List.of(TopicPattern.ALL));

    /** Copies both lists. */
    public Rights {
        subscribe = List.copyOf(subscribe);
        publish = List.copyOf(publish);
    }

    /**
     * Whether records of the topic may be delivered.
     *
     * @param topic the topic
     * @return true if a pattern of {@code subscribe} matches
     */
    public boolean maySubscribe(Topic topic) {
        return anyMatches(subscribe, topic);
    }

    /**
     * Whether records may be published to the topic.
     *
     * @param topic the topic
     * @return true if a pattern of {@code publish} matches
     */
    public boolean mayPublish(Topic topic) {
        return anyMatches(publish, topic);
    }

    private static boolean anyMatches(List<TopicPattern> patterns, Topic topic) {
        for (TopicPattern pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
