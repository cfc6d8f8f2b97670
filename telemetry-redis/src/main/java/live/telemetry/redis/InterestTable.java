package live.telemetry.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** What this node wants. The feed thread's. */
final class InterestTable {

    private final Set<Topic> topics = new HashSet<>();
    private final List<TopicPattern> patterns = new ArrayList<>();
    private int version;

    /** True if that is a change. */
    boolean change(TopicPattern pattern, boolean wanted) {
        boolean changed = pattern.isExact()
                ? change(topics, pattern.exactTopic().orElseThrow(), wanted)
                : change(patterns, pattern, wanted);
        if (changed) {
            version++;
        }
        return changed;
    }

    private static <T> boolean change(Collection<T> all, T one, boolean wanted) {
        return wanted ? !all.contains(one) && all.add(one) : all.remove(one);
    }

    boolean wants(Topic topic) {
        if (topics.contains(topic)) {
            return true;
        }
        for (TopicPattern pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Changes whenever the answers of {@link #wants} may change. */
    int version() {
        return version;
    }
}
