package live.telemetry.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import live.telemetry.client.WireSubscription.Beginning;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is subscribed at the server, so that each of the application's subscriptions sees the topics that it matches. The server
 * has one cursor for a topic, however many subscriptions match it; what the cursor delivers goes to all of them, by the
 * {@link TopicStreams}. Only on the loop.
 */
final class WireSubscriptions implements TopicStream.Server {

    private static final Logger log = LoggerFactory.getLogger(WireSubscriptions.class);

    private final ClientLoop loop;
    private final Requests requests;
    private final Deliveries deliveries;
    private final IntFunction<Duration> retryDelay;
    private final TopicStreams streams;
    private final Map<TopicPattern, WireSubscription> byPattern = new LinkedHashMap<>();

    /** How many of the members do not want every record. */
    private int conflated;

    /** @param retryDelay the wait after so many refusals that are worth another try */
    WireSubscriptions(
            ClientLoop loop,
            Requests requests,
            Deliveries deliveries,
            ClientCounters counters,
            IntFunction<Duration> retryDelay) {
        this.loop = loop;
        this.requests = requests;
        this.deliveries = deliveries;
        this.retryDelay = retryDelay;
        this.streams = new TopicStreams(loop, deliveries, counters, this);
    }

    TopicStreams streams() {
        return streams;
    }

    // ---- the application's subscriptions

    void add(ActiveSubscription subscription) {
        conflated += subscription.isConflated() ? 1 : 0;
        WireSubscription wire = byPattern.computeIfAbsent(subscription.pattern(), WireSubscription::new);
        wire.members.add(subscription);
        if (!requests.isConnected()) {
            return;
        }
        adjustModes();
        if (wire.accepted) {
            join(subscription);
        } else if (!wire.isAsked() && wire.retry == null) {
            begin(wire, Beginning.RESUME);
        }
    }

    void remove(ActiveSubscription subscription) {
        WireSubscription wire = byPattern.get(subscription.pattern());
        if (wire != null && wire.members.remove(subscription)) {
            conflated -= subscription.isConflated() ? 1 : 0;
            streams.remove(subscription);
            dropIfNotNeeded(wire);
            adjustModes();
        }
    }

    private void dropIfNotNeeded(WireSubscription wire) {
        if (wire.isNeeded()) {
            return;
        }
        byPattern.remove(wire.pattern, wire);
        wire.cancelRetry();
        if (wire.isAsked() || wire.accepted) {
            requests.forget(wire.requestId);
            requests.tell(id -> new Unsubscribe(id, wire.pattern));
        }
    }

    // ---- the connection

    void connected() {
        // Exact ones first, so that no pattern begins a topic that an exact one is about to take over.
        List<WireSubscription> all = List.copyOf(byPattern.values());
        all.stream().filter(wire -> wire.pattern.isExact()).forEach(wire -> begin(wire, Beginning.RESUME));
        all.stream().filter(wire -> !wire.pattern.isExact()).forEach(wire -> begin(wire, Beginning.RESUME));
    }

    void disconnected() {
        streams.disconnected();
        byPattern.values().forEach(WireSubscription::disconnected);
        byPattern.values().removeIf(wire -> wire.members.isEmpty());
    }

    // ---- modes

    /**
     * A topic comes in one mode, for everybody. So a conflated subscription is asked for in full as long as it shares a topic,
     * or may, with one that wants every record.
     */
    private Mode modeOf(WireSubscription wire) {
        if (conflated == 0) {
            return Mode.ALL;
        }
        double rate = 0;
        for (WireSubscription other : byPattern.values()) {
            if (!other.pattern.overlaps(wire.pattern)) {
                continue;
            }
            for (ActiveSubscription member : other.members) {
                if (!(member.mode() instanceof Mode.Conflated slower)) {
                    return Mode.ALL;
                }
                // One without members moves the cursor of another's topic.
                boolean counts = other == wire || wire.members.isEmpty();
                rate = counts ? Math.max(rate, slower.maxRate()) : rate;
            }
        }
        return rate > 0 ? Mode.conflated(rate) : Mode.ALL;
    }

    private void adjustModes() {
        if (!requests.isConnected()) {
            return;
        }
        for (WireSubscription wire : List.copyOf(byPattern.values())) {
            boolean onWire = wire.isAsked() || wire.accepted;
            if (onWire && !wire.members.isEmpty() && !modeOf(wire).equals(wire.mode)) {
                begin(wire, Beginning.RESUME);
            }
        }
    }

    // ---- beginning

    private void begin(WireSubscription wire, Beginning beginning) {
        if (wire.isAsked() || wire.retry != null) {
            if (beginning.isRewind() || !wire.next.contains(beginning)) {
                wire.next.add(beginning);
            }
            return;
        }
        if (wire.accepted) {
            wire.accepted = false;
            requests.tell(id -> new Unsubscribe(id, wire.pattern));
        }
        Mode mode = modeOf(wire);
        wire.mode = mode;
        wire.begins = beginning.since() == null
                ? Resumption.of(wire.members, since -> requests.fits(subscribe(Position.SEQ_LIMIT - 1, wire, since)))
                : beginning;
        Since since = wire.begins.since();
        wire.requestId = requests.send(
                id -> subscribe(id, wire, since == null ? Since.NOW : since),
                answer -> accepted(wire, answer),
                failure -> refused(wire, failure));
    }

    private static Subscribe subscribe(long id, WireSubscription wire, Since since) {
        return new Subscribe(id, wire.pattern, since, wire.mode);
    }

    private void accepted(WireSubscription wire, ServerEnvelope answer) {
        Beginning begun = wire.begins;
        wire.requestId = -1;
        wire.accepted = true;
        wire.refusals = 0;
        if (answer instanceof Subscribed subscribed) {
            begun.members().forEach(ActiveSubscription::goLive);
            placed(subscribed, begun, readersOf(begun, subscribed.topic()));
        }
        List.copyOf(wire.members).forEach(this::join);
        for (Beginning next = wire.next.poll(); next != null; next = wire.next.poll()) {
            if (!next.isRewind() || !next.openReaders().isEmpty()) {
                begin(wire, next);
                break;
            }
        }
        dropIfNotNeeded(wire);
    }

    private static List<TopicReader> readersOf(Beginning begun, Topic topic) {
        List<TopicReader> readers = new ArrayList<>(begun.openReaders());
        begun.members().stream()
                .filter(member -> !member.isClosed())
                .forEach(member -> readers.add(member.reader(topic)));
        return readers;
    }

    /** The cursor of a topic stands where it was asked to, for these readers, and maybe for others who read by a pattern. */
    private void placed(Subscribed subscribed, Beginning begun, List<TopicReader> readers) {
        TopicStream stream = streams.open(subscribed.topic());
        readers.forEach(stream::add);
        Since since = begun.since();
        Position asked = since == null
                ? null
                : Resumption.askedFor(since, subscribed.topic()).orElse(null);
        stream.begun(subscribed, asked, readers);
        joinAll(stream);
        if (!stream.hasReaders()) {
            streams.close(subscribed.topic());
        }
    }

    /** Everybody who reads by a pattern. */
    private void joinAll(TopicStream stream) {
        for (WireSubscription wire : byPattern.values()) {
            if (wire.accepted && !wire.pattern.isExact() && wire.pattern.matches(stream.topic())) {
                for (ActiveSubscription member : wire.members) {
                    if (member.isLive() && !member.isClosed()) {
                        stream.join(member.reader(stream.topic()));
                    }
                }
            }
        }
    }

    /** Goes live, with the topics that come already. */
    private void join(ActiveSubscription member) {
        if (member.isClosed()) {
            return;
        }
        // Before it has begun, so that they begin where it wants them to.
        List<TopicStream> present = streams.matching(member.pattern());
        present.forEach(stream -> member.reader(stream.topic()));
        member.goLive();
        present.forEach(stream -> stream.join(member.reader(stream.topic())));
    }

    private void refused(WireSubscription wire, Failure failure) {
        Beginning beginning = wire.begins;
        wire.requestId = -1;
        if (failure.retryable()) {
            wire.retry = loop.schedule(retryDelay.apply(wire.refusals++), () -> {
                wire.retry = null;
                begin(wire, beginning.isRewind() ? beginning : Beginning.RESUME);
            });
            return;
        }
        end(wire, failure.code(), failure.message());
    }

    private void end(WireSubscription wire, ErrorCode code, String message) {
        log.warn("The subscription of {} has ended: {} {}", wire.pattern, code, message);
        byPattern.remove(wire.pattern, wire);
        wire.cancelRetry();
        abandon(wire.begins);
        wire.next.forEach(this::abandon);
        for (ActiveSubscription member : wire.members) {
            conflated -= member.isConflated() ? 1 : 0;
            streams.remove(member);
            deliveries.end(member, new EndEvent(member, code, message));
        }
        adjustModes();
    }

    /** These readers go on without what they asked for; it will be passed over, and told. */
    private void abandon(Beginning beginning) {
        for (TopicReader reader : beginning.readers()) {
            TopicStream stream = streams.find(reader.topic);
            if (stream != null) {
                stream.cannotBeginAnew(reader);
            }
        }
    }

    // ---- what the server says by itself

    void on(Subscribed subscribed) {
        TopicPattern pattern = subscribed.pattern();
        TopicStream stream = streams.find(subscribed.topic());
        if (pattern == null) {
            if (stream != null) {
                stream.continued(subscribed);
            }
            return;
        }
        WireSubscription wire = byPattern.get(pattern);
        if (wire == null || !wire.accepted) {
            log.debug("{} was named for {}, which is not subscribed any more", subscribed.topic(), pattern);
        } else if (stream == null) {
            List<TopicReader> readers = readersOf(wire.begins, subscribed.topic());
            placed(subscribed, wire.begins, readers);
        } else {
            stream.continued(subscribed);
            joinAll(stream);
        }
    }

    void on(Unsubscribed unsubscribed) {
        if (unsubscribed.id() != null) {
            return;
        }
        WireSubscription wire = byPattern.get(unsubscribed.pattern());
        if (wire != null) {
            end(
                    wire,
                    ErrorCode.FORBIDDEN,
                    unsubscribed.reason() == null ? "ended by the server" : unsubscribed.reason());
        }
        // Topics of patterns are named one by one; should one come back, it begins then.
        unsubscribed.pattern().exactTopic().ifPresent(topic -> {
            streams.close(topic);
            byPattern
                    .values()
                    .forEach(other ->
                            other.members.forEach(member -> member.readers().remove(topic)));
        });
    }

    // ---- what a stream asks for

    @Override
    public long resync(TopicStream stream, String epoch, long from, long to) {
        return requests.send(id -> new Resync(id, stream.topic(), epoch, from, to), answer -> {}, stream::refused);
    }

    @Override
    public void forget(long requestId) {
        requests.forget(requestId);
    }

    @Override
    public void rewind(Topic topic, Since since, Collection<TopicReader> readers) {
        TopicPattern pattern = TopicPattern.of(topic);
        WireSubscription exact = byPattern.computeIfAbsent(pattern, WireSubscription::new);
        begin(exact, Beginning.rewind(since, List.copyOf(readers)));
    }

    @Override
    public boolean placeUnnamed(Topic topic) {
        WireSubscription exact = byPattern.get(TopicPattern.of(topic));
        if (exact != null && (exact.isAsked() || exact.retry != null)) {
            return false;
        }
        for (WireSubscription wire : byPattern.values()) {
            if (wire.accepted && !wire.pattern.isExact() && wire.pattern.matches(topic)) {
                for (ActiveSubscription member : wire.members) {
                    if (member.isLive() && !member.isClosed()) {
                        TopicReader reader = member.reader(topic);
                        rewind(topic, reader.since(), List.of(reader));
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
