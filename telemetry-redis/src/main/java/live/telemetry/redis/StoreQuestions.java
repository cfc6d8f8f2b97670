package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Broadcaster.LatestRecords;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import redis.clients.jedis.Protocol.Command;

/** What is asked of the store, in its own terms. Any thread. */
final class StoreQuestions {

    /** An answer has at most so many bytes of records, but one record. */
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final Partitions partitions;
    private final StoreReaders reader;
    private final KnownHeads known;
    private final RedisCounters counters;
    private final TopicHeads heads;
    private final SharedScans scans;

    StoreQuestions(Partitions partitions, StoreReaders reader, KnownHeads known, RedisCounters counters) {
        this.partitions = partitions;
        this.reader = reader;
        this.known = known;
        this.counters = counters;
        this.heads = new TopicHeads(reader, known);
        this.scans = new SharedScans(this::scan);
    }

    Partitions partitions() {
        return partitions;
    }

    KnownHeads known() {
        return known;
    }

    TopicHeads heads() {
        return heads;
    }

    CompletableFuture<Recovered> recover(Topic topic, Position after, int limit) {
        Partition partition = partitions.of(topic);
        return reader.ask(
                partition,
                List.of("recover", topic, after, limit),
                () -> Recovered.command(partition, topic, after, limit, MAX_ANSWER_BYTES, known),
                reply -> Recovered.of(topic, after, reply, counters));
    }

    CompletableFuture<Optional<LatestRecords>> latest(Topic topic) {
        Partition partition = partitions.of(topic);
        return reader.ask(
                partition,
                List.of("latest", topic),
                () -> LatestTable.command(partition, topic, known),
                reply -> LatestTable.of(topic, reply, counters));
    }

    CompletableFuture<Long> counter(Partition partition) {
        return reader.ask(
                partition,
                List.of("counter", partition.index()),
                () -> StoreCommand.of(Command.GET, partition.counterKey()),
                reply -> reply instanceof byte[] digits
                        ? Long.parseLong(new String(digits, StandardCharsets.US_ASCII))
                        : 0L);
    }

    CompletableFuture<Map<Topic, Position>> topics(TopicPattern pattern) {
        return pattern.exactTopic()
                .map(topic -> heads.of(partitions.of(topic), List.of(topic)))
                .orElseGet(() -> scans.topics(pattern));
    }

    private CompletableFuture<Map<Topic, Position>> scan(TopicPattern pattern) {
        CompletableFuture<Map<Topic, Position>> all = CompletableFuture.completedFuture(new HashMap<>());
        for (Partition partition : partitions.all()) {
            all = all.thenCombine(heads.matching(partition, pattern::matches), TopicHeads::merge);
        }
        return all;
    }
}
