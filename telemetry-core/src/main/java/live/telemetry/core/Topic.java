package live.telemetry.core;

/**
 * A topic's name: 1 to 255 ASCII characters, tokens of {@code A–Z a–z 0–9 _ - : /} separated by single dots, such as
 * {@code host.cpu}.
 *
 * @param name the validated name
 */
public record Topic(String name) implements Comparable<Topic> {

    /** The longest name of a topic or pattern, in characters. */
    public static final int MAX_LENGTH = 255;

    /**
     * Validates the name.
     *
     * @throws TelemetryException with {@code BAD_TOPIC} that says which character or length is wrong
     */
    public Topic {
        TopicSyntax.check(name, false);
    }

    /**
     * The topic of that name.
     *
     * @param name for example {@code host.cpu}
     * @return the topic
     * @throws TelemetryException with {@code BAD_TOPIC} if the name is not valid
     */
    public static Topic of(String name) {
        return new Topic(name);
    }

    @Override
    public int compareTo(Topic other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
