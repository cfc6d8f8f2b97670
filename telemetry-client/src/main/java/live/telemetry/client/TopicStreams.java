package live.telemetry.client;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that the present connection delivers. What comes for any other topic is late for a subscription that was ended, or
 * the word of where it begins was lost; it is dropped. Only on the loop.
 */
final class TopicStreams {

    private static final Logger log = LoggerFactory.getLogger(TopicStreams.class);

    private final ClientLoop loop;
    private final Deliveries deliveries;
    private final ClientCounters counters;
    private final TopicStream.Server server;
    private final Map<Topic, TopicStream> byTopic = new HashMap<>();

    TopicStreams(ClientLoop loop, Deliveries deliveries, ClientCounters counters, TopicStream.Server server) {
        this.loop = loop;
        this.deliveries = deliveries;
        this.counters = counters;
        this.server = server;
    }

    @Nullable
    TopicStream find(Topic topic) {
        return byTopic.get(topic);
    }

    TopicStream open(Topic topic) {
        return byTopic.computeIfAbsent(topic, t -> new TopicStream(t, loop, deliveries, counters, server));
    }

    List<TopicStream> matching(TopicPattern pattern) {
        if (pattern.isExact()) {
            TopicStream only = byTopic.get(Topic.of(pattern.text()));
            return only == null ? List.of() : List.of(only);
        }
        return byTopic.values().stream()
                .filter(stream -> pattern.matches(stream.topic()))
                .toList();
    }

    /** The subscription reads no more. */
    void remove(ActiveSubscription subscription) {
        remove(subscription.readers().values());
    }

    void remove(Collection<TopicReader> readers) {
        for (TopicReader reader : readers) {
            TopicStream stream = byTopic.get(reader.topic);
            if (stream != null) {
                stream.remove(reader);
                if (!stream.hasReaders()) {
                    close(stream.topic());
                }
            }
        }
    }

    /** The server does not deliver the topic any more. */
    void close(Topic topic) {
        TopicStream stream = byTopic.remove(topic);
        if (stream != null) {
            stream.end();
        }
    }

    void disconnected() {
        byTopic.values().forEach(TopicStream::end);
        byTopic.clear();
    }

    // ---- what the server sends

    void on(TelemetryRecord record) {
        TopicStream stream = byTopic.get(record.topic());
        if (stream == null) {
            log.debug("A record of {} came without a subscription", record.topic());
            if (server.placeUnnamed(record.topic())) {
                counters.resubscriptions.increment();
            }
        } else {
            stream.record(record);
        }
    }

    void on(Gap gap) {
        TopicStream stream = byTopic.get(gap.topic());
        if (stream == null) {
            log.debug("A gap of {} came without a subscription", gap.topic());
        } else if (gap.id() == null) {
            stream.gap(gap);
        } else {
            stream.gapInAnswer(gap);
        }
    }

    void on(Resyncing resyncing) {
        TopicStream stream = byTopic.get(resyncing.topic());
        if (stream != null) {
            stream.resyncing(resyncing.id());
        }
    }

    void on(Resynced resynced) {
        TopicStream stream = byTopic.get(resynced.topic());
        if (stream != null) {
            stream.resynced(resynced);
        }
    }
}
