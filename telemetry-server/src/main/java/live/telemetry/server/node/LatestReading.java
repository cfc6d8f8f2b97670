package live.telemetry.server.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import live.telemetry.core.Broadcaster.LatestRecords;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.server.log.EarlierRecords;
import live.telemetry.server.log.TopicLog;
import org.jspecify.annotations.Nullable;

/**
 * Reads the latest records of the keys that a log has not seen, because it began behind them or because the store took newer
 * ones back. Once for everybody who waits. From the broadcaster's own table if it has one, else page by page from the history.
 * Any thread, one at a time; only the watching of the log may come at any time.
 *
 * <p>The table is of a moment, at the broadcaster. Of a key that got a record just before, it has nothing older, so the log is
 * complete only once it has come to that moment too.
 */
final class LatestReading {

    private final NodeTopic topic;
    private final Node node;
    private final TopicLog log;
    private final long upTo;
    private final EarlierRecords earlier;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();

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

    void begin() {
        node.readLatest(topic.topic(), (latest, error) -> {
            if (latest == null) {
                end(error == null ? unavailable() : error);
            } else if (latest.isEmpty()) {
                readAfter(0);
            } else {
                take(latest.get());
            }
        });
    }

    private void take(LatestRecords latest) {
        Position head = latest.head();
        if (!head.epoch().equals(log.epoch())) {
            topic.learnHead(head);
            end(unavailable());
            return;
        }
        for (TelemetryRecord record : latest.records()) {
            if (record.seq() <= upTo) {
                earlier.add(record, node.frame(record));
            }
        }
        TopicWatcher watcher = () -> endIfLogIsAt(head);
        topic.addWatcher(watcher);
        done.whenComplete((nothing, error) -> topic.removeWatcher(watcher));
        topic.learnHead(head);
        endIfLogIsAt(head);
    }

    private void endIfLogIsAt(Position head) {
        if (topic.log() != log) {
            end(unavailable());
        } else if (log.head() >= head.seq()) {
            end(null);
        }
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
        if (ended.getAndSet(true)) {
            return;
        }
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
