package live.telemetry.client;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import live.telemetry.client.WireSubscription.Beginning;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.Since;

/**
 * Where the subscriptions of one text begin or resume together: at the lowest of their positions, so that whoever is further on
 * drops what it has. Subscriptions that have never begun and want another place join later.
 */
final class Resumption {

    private Resumption() {}

    /**
     * @param members at least one
     * @param fits whether the server takes a request with this beginning
     */
    static Beginning of(List<ActiveSubscription> members, Predicate<Since> fits) {
        List<ActiveSubscription> begun =
                members.stream().filter(ActiveSubscription::hasBegun).toList();
        if (begun.isEmpty()) {
            Since wanted = members.get(0).since();
            return new Beginning(
                    shortened(wanted, fits),
                    members.stream()
                            .filter(member -> member.since().equals(wanted))
                            .toList(),
                    List.of());
        }
        return new Beginning(shortened(lowest(begun), fits), begun, List.of());
    }

    private static Since lowest(List<ActiveSubscription> members) {
        Since lowest = members.get(0).since();
        for (ActiveSubscription member : members.subList(1, members.size())) {
            lowest = lower(lowest, member.since());
        }
        return lowest;
    }

    private static Since lower(Since one, Since other) {
        if (one instanceof Since.Positions a && other instanceof Since.Positions b) {
            Map<Topic, Position> merged = new HashMap<>(a.positions());
            b.positions().forEach((topic, position) -> merged.merge(topic, position, Resumption::lower));
            return new Since.Positions(merged);
        }
        if (one instanceof Since.After a && other instanceof Since.After b) {
            return Since.after(lower(a.position(), b.position()));
        }
        return one instanceof Since.After || one instanceof Since.Positions ? one : other;
    }

    private static Position lower(Position one, Position other) {
        // A position in another epoch is nothing to compare with; its reader asks for itself.
        return other.epoch().equals(one.epoch()) && other.seq() < one.seq() ? other : one;
    }

    /**
     * Leaves positions out until the request fits. Those topics begin at their first record, and what was delivered before is
     * dropped: that costs time, but nothing else.
     */
    private static Since shortened(Since since, Predicate<Since> fits) {
        Since shorter = since;
        while (shorter instanceof Since.Positions some && !some.positions().isEmpty() && !fits.test(some)) {
            Map<Topic, Position> kept = new HashMap<>(some.positions());
            Iterator<Topic> topics = kept.keySet().iterator();
            for (int drop = Math.max(1, kept.size() / 8); drop > 0; drop--) {
                topics.next();
                topics.remove();
            }
            shorter = new Since.Positions(kept);
        }
        return shorter;
    }

    /** The position that was asked for a topic, if it was one. */
    static Optional<Position> askedFor(Since since, Topic topic) {
        if (since instanceof Since.After after) {
            return Optional.of(after.position());
        }
        return since instanceof Since.Positions positions
                ? Optional.ofNullable(positions.positions().get(topic))
                : Optional.empty();
    }
}
