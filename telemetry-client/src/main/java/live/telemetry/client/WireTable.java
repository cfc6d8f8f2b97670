package live.telemetry.client;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/** What is subscribed at the server, by text, in the order in which it came. Only on the loop. */
final class WireTable {

    private final Map<TopicPattern, WireSubscription> byPattern = new LinkedHashMap<>();

    WireSubscription open(TopicPattern pattern) {
        return byPattern.computeIfAbsent(pattern, WireSubscription::new);
    }

    @Nullable
    WireSubscription find(TopicPattern pattern) {
        return byPattern.get(pattern);
    }

    void remove(WireSubscription wire) {
        byPattern.remove(wire.pattern, wire);
    }

    /** A copy, since to begin a topic anew adds a subscription of that topic. */
    List<WireSubscription> all() {
        return List.copyOf(byPattern.values());
    }

    /** So that no pattern begins a topic that an exact one is about to take over. */
    List<WireSubscription> exactFirst() {
        return byPattern.values().stream()
                .sorted(Comparator.comparing(wire -> !wire.pattern.isExact()))
                .toList();
    }

    void disconnected() {
        byPattern.values().forEach(WireSubscription::disconnected);
        byPattern.values().removeIf(wire -> wire.members.isEmpty());
    }

    /** Everybody who reads a topic by a pattern that the server has accepted. */
    List<TopicReader> readersByPattern(Topic topic) {
        return byPattern.values().stream()
                .filter(wire -> wire.accepted && !wire.pattern.isExact() && wire.pattern.matches(topic))
                .flatMap(wire -> wire.members.stream())
                .filter(member -> member.isLive() && !member.isClosed())
                .map(member -> member.reader(topic))
                .toList();
    }

    // ---- whose cursor it is

    /** Whether a pattern, other than the one that has ended, may get the topic's cursor. */
    boolean hasHeir(Topic topic, @Nullable TopicPattern ended) {
        return byPattern.keySet().stream()
                .anyMatch(pattern -> !pattern.isExact() && !pattern.equals(ended) && pattern.matches(topic));
    }

    /** What the server may have placed for this one, it hands over to others, which then do not begin where they wanted to. */
    void leaveToOthers(WireSubscription wire) {
        byPattern.values().stream()
                .filter(other -> other.pattern.overlaps(wire.pattern))
                .forEach(other -> other.inherits = true);
    }
}
