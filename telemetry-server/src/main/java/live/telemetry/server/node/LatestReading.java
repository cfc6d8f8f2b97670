package live.telemetry.server.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.server.log.EarlierRecords;
import live.telemetry.server.log.TopicLog;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic's history for the latest records of the keys that a log has not seen, because it began behind them or because
 * the store took newer ones back. Page by page, once for everybody who waits. Any thread, one at a time.
 */
final class LatestReading {

    private final NodeTopic topic;
    private final Node node;
    private final TopicLog log;
    private final long upTo;
    private final EarlierRecords earlier;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    LatestReading(NodeTopic topic, Node node, TopicLog log) {
        this.topic = topic;
        this.node = node;
        this.log = log;
        this.upTo = log.latestSince();
        this.earlier = log.earlierRecords();
    }

    TopicLog log() {
        return log;
    }

    /** Completes when the log has them. */
    CompletionStage<Void> done() {
        return done;
    }

    void readAfter(long seq) {
        node.readHistory(topic.topic(), new Position(log.epoch(), seq), this::read);
    }

    private void read(@Nullable History history, @Nullable Throwable error) {
        if (history == null) {
            end(error == null ? unavailable() : error);
            return;
        }
        if (!history.head().epoch().equals(log.epoch())) {
            topic.learnHead(history.head());
            end(unavailable());
            return;
        }
        long last = upTo;
        for (TelemetryRecord record : history.records()) {
            last = record.seq();
            if (last <= upTo) {
                earlier.add(record, node.frame(record));
            }
        }
        if (last < upTo) {
            readAfter(last);
        } else {
            end(null);
        }
    }

    private void end(@Nullable Throwable error) {
        if (error == null) {
            log.addEarlier(earlier);
            done.complete(null);
        } else {
            earlier.discard();
            done.completeExceptionally(error);
        }
    }

    private static TelemetryException unavailable() {
        return new TelemetryException(ErrorCode.UNAVAILABLE, "the topic goes on in another epoch; ask again");
    }
}
