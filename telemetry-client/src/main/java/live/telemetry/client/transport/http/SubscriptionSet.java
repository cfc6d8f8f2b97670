package live.telemetry.client.transport.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/** What the session is subscribed to. Only on the session's thread. */
final class SubscriptionSet {

    private final Map<TopicPattern, Wanted> byPattern = new LinkedHashMap<>();

    /** Whether it was added; not if the same text is there already. */
    boolean add(Wanted wanted) {
        return byPattern.putIfAbsent(wanted.pattern(), wanted) == null;
    }

    @Nullable
    Wanted find(TopicPattern pattern) {
        return byPattern.get(pattern);
    }

    @Nullable
    Wanted exact(Topic topic) {
        return byPattern.get(TopicPattern.of(topic));
    }

    void remove(Wanted wanted) {
        byPattern.remove(wanted.pattern(), wanted);
    }

    Collection<Wanted> all() {
        return byPattern.values();
    }

    boolean matches(Topic topic) {
        return all().stream().anyMatch(wanted -> wanted.matches(topic));
    }

    /** The pattern to which a topic goes that its owner lets go: the first one that is live. */
    @Nullable
    Wanted heirOf(Topic topic) {
        return all().stream()
                .filter(wanted -> !wanted.isExact() && wanted.carried && wanted.matches(topic))
                .findFirst()
                .orElse(null);
    }

    /** Those that no server has accepted with the token in force. */
    List<Wanted> unproven() {
        return all().stream().filter(wanted -> !wanted.proven).toList();
    }

    /** Nothing is known of a new token. */
    void unproveAll() {
        all().forEach(wanted -> wanted.proven = false);
    }

    /**
     * What a request asks for: exact ones first, so that no pattern begins a topic that an exact one is about to take over; patterns
     * in the order in which they came, since the first one wins.
     */
    List<Wanted> askedWith(Collection<Wanted> trial) {
        List<Wanted> asked = new ArrayList<>(byPattern.size());
        for (boolean exact : new boolean[] {true, false}) {
            all().stream()
                    .filter(wanted -> wanted.isExact() == exact && (wanted.proven || trial.contains(wanted)))
                    .forEach(asked::add);
        }
        return asked;
    }
}
