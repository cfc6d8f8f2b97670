package live.telemetry.client.transport.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/**
 * Makes one session of the streams that follow each other: it notes the place of each topic from what passes, says where the next
 * stream begins, gives answers the id of their request, and keeps back what only says that a stream goes on where the last one
 * stood. Only on the session's thread.
 *
 * <p>Whether a topic's position is repeated at the beginning of a stream depends on the transport and the server. So what is
 * resumed after a position counts as answered when the stream is accepted; a gap speaks for itself. Its {@code head} is not known
 * then and given as the position.
 */
final class Continuity {

    private final SubscriptionSet wanted;
    private final Map<Topic, TopicPlace> places = new HashMap<>();
    private final Consumer<String> core;

    Continuity(SubscriptionSet wanted, Consumer<String> core) {
        this.wanted = wanted;
        this.core = core;
    }

    // ---- where to begin

    /**
     * What to ask of a server to go on with these.
     *
     * @param cursor whether a cursor goes along, which stands for the positions of patterns
     */
    List<Subscribe> requests(List<Wanted> asked, boolean cursor) {
        return asked.stream().map(one -> request(one, cursor)).toList();
    }

    private Subscribe request(Wanted one, boolean cursor) {
        Since since = one.isExact() ? sinceOfTopic(one) : cursor ? Since.NOW : sinceOfPattern(one);
        return new Subscribe(null, one.pattern(), since, one.request.mode());
    }

    private Since sinceOfTopic(Wanted one) {
        Position known = knownPosition(one);
        return known == null ? one.request.since() : Since.after(known);
    }

    /** Topics that are not named are begun at their first record, which is right for those that are born later. */
    private Since sinceOfPattern(Wanted one) {
        return one.answered
                ? new Since.Positions(places.entrySet().stream()
                        .filter(entry -> one.matches(entry.getKey()))
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().position())))
                : one.request.since();
    }

    /** Where a topic goes on, which one that takes over a pattern's topic "from now on" does as well; null if it has to begin. */
    private @Nullable Position knownPosition(Wanted exact) {
        Since since = exact.request.since();
        TopicPlace place = places.get(topicOf(exact));
        if (place != null && (exact.answered || since instanceof Since.Now)) {
            return place.position();
        }
        return since instanceof Since.After after ? after.position() : null;
    }

    private static Topic topicOf(Wanted exact) {
        return Topic.of(exact.pattern().text());
    }

    /** Another request follows, which does not know of snapshots that are not whole: their rest will come in sequence. */
    void cutSnapshots() {
        places.forEach((topic, place) -> {
            if (place.cutSnapshot()) {
                tell(subscribed(null, topic, place));
            }
        });
    }

    // ---- what comes

    /** A stream with these was accepted, where the places are still those of its request. */
    void accepted(List<Wanted> asked) {
        wanted.all().forEach(one -> one.carried = asked.contains(one));
        for (Wanted one : asked) {
            one.proven = true;
            if (one.answered) {
                continue;
            }
            if (one.isExact()) {
                resumed(one);
            } else {
                answerPattern(one);
            }
        }
    }

    private void resumed(Wanted exact) {
        Position known = knownPosition(exact);
        if (known != null) {
            TopicPlace place = new TopicPlace(known, null);
            places.put(topicOf(exact), place);
            exact.answered = true;
            tell(subscribed(exact.request.id(), topicOf(exact), place));
        }
    }

    private void answerPattern(Wanted one) {
        one.answered = true;
        tell(new PatternSubscribed(one.request.id(), one.pattern()));
        if (one.request.since() instanceof Since.Positions known) {
            known.positions().forEach((topic, position) -> {
                if (!places.containsKey(topic) && wanted.exact(topic) == null && one.matches(topic)) {
                    TopicPlace place = new TopicPlace(position, one.pattern());
                    places.put(topic, place);
                    tell(subscribed(null, topic, place));
                }
            });
        }
    }

    private static Subscribed subscribed(@Nullable Long id, Topic topic, TopicPlace place) {
        Position position = place.position();
        return new Subscribed(id, topic, place.pattern, position, position.seq(), true, null);
    }

    /**
     * An envelope of the stream that is read.
     *
     * @param text the same as text
     * @return false if it is about a topic of which nobody has said where it begins
     */
    boolean received(ServerEnvelope envelope, String text) {
        switch (envelope.type()) {
            case DATA -> {
                Topic topic = ((Data) envelope).record().topic();
                TopicPlace place = places.get(topic);
                if (place == null) {
                    return !wanted.matches(topic);
                }
                if (place.advance(((Data) envelope).record().seq())) {
                    core.accept(text);
                }
            }
            case GAP -> {
                TopicPlace place = places.get(((Gap) envelope).topic());
                if (place == null) {
                    return !wanted.matches(((Gap) envelope).topic());
                }
                place.advance((Gap) envelope);
                core.accept(text);
            }
            case SUBSCRIBED -> subscribed((Subscribed) envelope);
            case PATTERN_SUBSCRIBED -> {
                // Answered when the stream was accepted, which is all that the server checks of a pattern.
            }
            case UNSUBSCRIBED -> {
                TopicPattern ended = ((Unsubscribed) envelope).pattern();
                Optional.ofNullable(wanted.find(ended)).ifPresent(this::drop);
                ended.exactTopic().ifPresent(places::remove);
                core.accept(text);
            }
            default -> core.accept(text);
        }
        return true;
    }

    private void subscribed(Subscribed named) {
        TopicPlace place = places.get(named.topic());
        Wanted exact = wanted.exact(named.topic());
        if (exact != null && exact.carried && named.pattern() == null) {
            if (!exact.answered) {
                exact.answered = true;
                enter(named, exact.request.id());
            } else if (place == null || place.pattern != null || place.isNews(named)) {
                enter(named, null);
            }
            return;
        }
        if (named.pattern() == null) {
            if (place != null && place.isNews(named)) {
                place.moveTo(named);
                tell(named);
            }
            return;
        }
        Wanted by = wanted.find(named.pattern());
        boolean mine = by != null && by.carried && exact == null;
        if (mine && (place == null || !named.pattern().equals(place.pattern) || place.isNews(named))) {
            enter(named, null);
        }
    }

    private void enter(Subscribed named, @Nullable Long id) {
        TopicPlace place =
                places.computeIfAbsent(named.topic(), topic -> new TopicPlace(named.position(), named.pattern()));
        place.pattern = named.pattern();
        place.moveTo(named);
        tell(new Subscribed(
                id,
                named.topic(),
                named.pattern(),
                named.position(),
                named.head(),
                named.recovered(),
                named.snapshot()));
    }

    // ---- what ends

    /** A subscription ends; its topics go to the patterns that still match them, or end as well. */
    void unsubscribed(Wanted ended) {
        TopicPattern owner = ended.isExact() ? null : ended.pattern();
        wanted.remove(ended);
        places.entrySet().removeIf(entry -> {
            Topic topic = entry.getKey();
            TopicPlace place = entry.getValue();
            boolean owned =
                    ended.matches(topic) && (owner == null ? place.pattern == null : owner.equals(place.pattern));
            if (!owned) {
                return false;
            }
            Wanted heir = wanted.heirOf(topic);
            if (heir != null) {
                place.pattern = heir.pattern();
                tell(subscribed(null, topic, place));
            }
            return heir == null;
        });
    }

    /** A subscription that the server does not serve: its topics end with it. */
    void drop(Wanted refused) {
        wanted.remove(refused);
        places.keySet().removeIf(topic -> refused.matches(topic) && (refused.isExact() || !wanted.matches(topic)));
    }

    private void tell(ServerEnvelope envelope) {
        core.accept(EnvelopeCodec.encode(envelope));
    }
}
