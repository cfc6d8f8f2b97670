package live.telemetry.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
final class WireSubscriptions implements StreamRequests {

    private static final Logger log = LoggerFactory.getLogger(WireSubscriptions.class);

    private final ClientLoop loop;
    private final Requests requests;
    private final Deliveries deliveries;
    private final IntFunction<Duration> retryDelay;
    private final TopicStreams streams;
    private final WireTable table = new WireTable();

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
        WireSubscription wire = table.open(subscription.pattern());
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
        WireSubscription wire = table.find(subscription.pattern());
        if (wire != null && wire.members.remove(subscription)) {
            conflated -= subscription.isConflated() ? 1 : 0;
            streams.remove(subscription);
            dropIfNotNeeded(wire);
            adjustModes();
        }
    }

    private void dropIfNotNeeded(WireSubscription wire) {
        if (!wire.isNeeded()) {
            table.remove(wire);
            wire.cancelRetry();
            if (wire.accepted) {
                unsubscribe(wire);
            }
        }
        closeUnread(wire.pattern);
    }

    private void unsubscribe(WireSubscription wire) {
        requests.tell(id -> new Unsubscribe(id, wire.pattern));
        if (!wire.pattern.isExact()) {
            table.leaveToOthers(wire);
        }
    }

    /**
     * Closes the streams that nobody reads. One that a pattern matches is kept in mind: the server may hand its cursor over to
     * the pattern, and what it says then is not where the pattern wanted to begin.
     */
    private void closeUnread(TopicPattern pattern) {
        for (TopicStream stream : streams.matching(pattern)) {
            if (stream.hasReaders()) {
                continue;
            }
            if (table.hasHeir(stream.topic(), null)) {
                stream.leave();
            } else {
                streams.close(stream.topic());
            }
        }
    }

    // ---- the connection

    void connected() {
        table.exactFirst().forEach(wire -> begin(wire, Beginning.RESUME));
    }

    void disconnected() {
        streams.disconnected();
        table.disconnected();
    }

    // ---- modes

    private Mode modeOf(WireSubscription wire) {
        return conflated == 0 ? Mode.ALL : SharedMode.of(wire, table.all());
    }

    private void adjustModes() {
        if (!requests.isConnected()) {
            return;
        }
        for (WireSubscription wire : table.all()) {
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
            unsubscribe(wire);
        }
        wire.mode = modeOf(wire);
        wire.inherits = false;
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
        beginNext(wire);
        dropIfNotNeeded(wire);
    }

    private void beginNext(WireSubscription wire) {
        Beginning next = wire.takeNext();
        if (next != null) {
            begin(wire, next);
        }
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
        stream.begun(subscribed, begun.since(), readers);
        joinAll(stream);
    }

    /** Everybody who reads by a pattern. */
    private void joinAll(TopicStream stream) {
        table.readersByPattern(stream.topic()).forEach(stream::join);
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
        table.leaveToOthers(wire);
        if (failure.retryable()) {
            wire.next.addFirst(beginning.isRewind() ? beginning : Beginning.RESUME);
            wire.retry = loop.schedule(retryDelay.apply(wire.refusals++), () -> {
                wire.retry = null;
                beginNext(wire);
            });
            dropIfNotNeeded(wire);
        } else {
            end(wire, failure.code(), failure.message());
        }
    }

    private void end(WireSubscription wire, ErrorCode code, String message) {
        log.warn("The subscription of {} has ended: {} {}", wire.pattern, code, message);
        table.remove(wire);
        wire.cancelRetry();
        abandon(wire.begins);
        wire.next.forEach(this::abandon);
        for (ActiveSubscription member : wire.members) {
            conflated -= member.isConflated() ? 1 : 0;
            streams.remove(member);
            deliveries.end(member, new EndEvent(member, code, message));
        }
        closeUnread(wire.pattern);
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
        if (stream == null) {
            WireSubscription wire = table.find(pattern);
            // The server hands a pattern's cursors over to the next one, which then does not begin where it wanted to.
            boolean late = wire == null || !wire.accepted;
            Beginning begun = late || wire.inherits ? Beginning.RESUME : wire.begins;
            placed(subscribed, begun, readersOf(begun, subscribed.topic()));
            if (late && !streams.open(subscribed.topic()).hasReaders() && !table.hasHeir(subscribed.topic(), pattern)) {
                streams.close(subscribed.topic());
            }
            closeUnread(TopicPattern.of(subscribed.topic()));
        } else {
            stream.continued(subscribed);
            joinAll(stream);
        }
    }

    void on(Unsubscribed unsubscribed) {
        if (unsubscribed.id() != null) {
            return;
        }
        WireSubscription wire = table.find(unsubscribed.pattern());
        // One that is under way has an answer of its own: this is about an earlier one.
        if (wire != null && wire.accepted) {
            end(
                    wire,
                    ErrorCode.FORBIDDEN,
                    unsubscribed.reason() == null ? "ended by the server" : unsubscribed.reason());
        }
        // Topics of patterns are named one by one; should one come back, it goes on where it was.
        unsubscribed.pattern().exactTopic().ifPresent(streams::close);
    }

    // ---- what a stream asks for

    @Override
    public long resync(TopicStream stream, String epoch, long from, long to) {
        return requests.send(
                id -> new Resync(id, stream.topic(), epoch, from, to), answer -> {}, stream.repairs()::refused);
    }

    @Override
    public void forget(long requestId) {
        requests.forget(requestId);
    }

    @Override
    public void rewind(Topic topic, Since since, Collection<TopicReader> readers) {
        begin(table.open(TopicPattern.of(topic)), Beginning.rewind(since, List.copyOf(readers)));
    }

    @Override
    public boolean placeUnnamed(Topic topic) {
        WireSubscription exact = table.find(TopicPattern.of(topic));
        List<TopicReader> readers = table.readersByPattern(topic);
        if (readers.isEmpty() || (exact != null && (exact.isAsked() || exact.retry != null))) {
            return false;
        }
        rewind(topic, readers.get(0).since(), readers.subList(0, 1));
        return true;
    }
}
