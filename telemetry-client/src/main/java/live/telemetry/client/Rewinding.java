package live.telemetry.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.Since;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readers for whom a topic is begun anew, until the answer comes: what does not follow for them is dropped meanwhile, and
 * comes again. Only on the loop.
 */
final class Rewinding {

    private static final Logger log = LoggerFactory.getLogger(Rewinding.class);

    private final Topic topic;
    private final ClientCounters counters;
    private final StreamRequests server;
    private final List<TopicReader> waiting = new ArrayList<>(0);

    Rewinding(Topic topic, ClientCounters counters, StreamRequests server) {
        this.topic = topic;
        this.counters = counters;
        this.server = server;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean contains(TopicReader reader) {
        return waiting.contains(reader);
    }

    /** Those that do not wait. */
    List<TopicReader> othersOf(Collection<TopicReader> readers) {
        List<TopicReader> others = new ArrayList<>(readers);
        others.removeAll(waiting);
        return others;
    }

    /** Whether a record is not the one that a reader waits for; one in mode conflated would take it for the next. */
    boolean waitsForOther(TopicReader reader, long seq) {
        return !waiting.isEmpty()
                && waiting.contains(reader)
                && seq > reader.last().seq() + 1;
    }

    /** Begins anew after the last record that followed for each of them. */
    void beginAnew(Collection<TopicReader> readers) {
        Map<Since, List<TopicReader>> fresh = new LinkedHashMap<>(0);
        Map<String, List<TopicReader>> byEpoch = new LinkedHashMap<>(1);
        for (TopicReader reader : readers) {
            if (reader.received.isFresh()) {
                fresh.computeIfAbsent(reader.wanted, since -> new ArrayList<>(1))
                        .add(reader);
            } else {
                byEpoch.computeIfAbsent(reader.last().epoch(), epoch -> new ArrayList<>(1))
                        .add(reader);
            }
        }
        counters.resubscriptions.add(fresh.size() + byEpoch.size());
        byEpoch.forEach(
                (epoch, together) -> begin(Since.after(new Position(epoch, TopicReader.lowest(together))), together));
        fresh.forEach(this::begin);
    }

    /** Begins there, for these readers. */
    void begin(Since since, List<TopicReader> together) {
        log.debug("{}: beginning anew at {}", topic, since);
        together.forEach(TopicReader::beginsAnew);
        waiting.addAll(together);
        server.rewind(topic, since, together);
    }

    void ended(Collection<TopicReader> readers) {
        waiting.removeAll(readers);
    }

    void ended(TopicReader reader) {
        waiting.removeIf(reader::equals);
    }

    void clear() {
        waiting.clear();
    }
}
