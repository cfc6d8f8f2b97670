package live.telemetry.core;

import java.util.List;
import java.util.Optional;

/**
 * A topic, or a family of topics: {@code *} stands for one token, a last token {@code >} for one or more. A pattern without
 * a wildcard matches exactly the topic of that name.
 */
public final class TopicPattern {

    /** Matches every topic. */
    public static final TopicPattern ALL = new TopicPattern(">");

    private final String text;
    private final List<String> tokens;
    private final boolean exact;

    private TopicPattern(String text) {
        TopicSyntax.check(text, true);
        this.text = text;
        this.tokens = List.of(text.split("\\."));
        this.exact = text.indexOf('*') < 0 && !text.endsWith(">");
    }

    /**
     * The pattern of that text.
     *
     * @param text for example {@code host.cpu}, {@code host.*} or {@code host.>}
     * @return the pattern
     * @throws TelemetryException with {@code BAD_TOPIC} if the text is not valid
     */
    public static TopicPattern of(String text) {
        return new TopicPattern(text);
    }

    /**
     * The pattern that matches only this topic.
     *
     * @param topic the topic
     * @return the pattern
     */
    public static TopicPattern of(Topic topic) {
        return new TopicPattern(topic.name());
    }

    /**
     * The text that it was made from.
     *
     * @return the text
     */
    public String text() {
        return text;
    }

    /**
     * Its tokens, wildcards included, in order.
     *
     * @return at least one token
     */
    public List<String> tokens() {
        return tokens;
    }

    /**
     * The topic, if this has no wildcard.
     *
     * @return the topic, or empty for a pattern with a wildcard
     */
    public Optional<Topic> exactTopic() {
        return exact ? Optional.of(new Topic(text)) : Optional.empty();
    }

    /**
     * Whether this has no wildcard.
     *
     * @return true if it matches one topic only
     */
    public boolean isExact() {
        return exact;
    }

    /**
     * Whether a topic belongs to this pattern.
     *
     * @param topic the topic
     * @return true if it matches
     */
    public boolean matches(Topic topic) {
        String name = topic.name();
        if (exact) {
            return text.equals(name);
        }
        int position = 0;
        for (String token : tokens) {
            if (position > name.length()) {
                return false;
            }
            if (token.equals(">")) {
                return true;
            }
            int dot = name.indexOf('.', position);
            int end = dot < 0 ? name.length() : dot;
            boolean tokenMatches =
                    token.equals("*") || (token.length() == end - position && name.startsWith(token, position));
            if (!tokenMatches) {
                return false;
            }
            position = end + 1;
        }
        return position == name.length() + 1;
    }

    /**
     * Whether there can be a topic that belongs to both patterns.
     *
     * @param other another pattern
     * @return true if one could match both
     */
    public boolean overlaps(TopicPattern other) {
        if (exact && other.exact) {
            return text.equals(other.text);
        }
        int common = Math.min(tokens.size(), other.tokens.size());
        for (int i = 0; i < common; i++) {
            String one = tokens.get(i);
            String two = other.tokens.get(i);
            if (one.equals(">") || two.equals(">")) {
                return true;
            }
            if (!one.equals(two) && !one.equals("*") && !two.equals("*")) {
                return false;
            }
        }
        return tokens.size() == other.tokens.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
