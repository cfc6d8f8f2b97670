package live.telemetry.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

/**
 * Takes records to the store: puts them into the lane of their partition, from where the sender of its master takes them, and
 * tells publishers what became of them. {@link #publish} may be called from any thread and does not wait; {@link #expire} is
 * the timer's, the rest the senders'.
 */
final class Publisher implements AutoCloseable {

    /** Longer than any batch is repeated. */
    private static final long BATCH_MEMORY_MILLIS = 3_600_000;

    private final RedisSettings settings;
    private final Partitions partitions;
    private final KnownHeads heads;
    private final Executor answers;
    private final RedisCounters counters;
    private final PublishBuffer buffer;
    private final List<PublishLane> lanes;
    private final String producer = RandomNames.next();
    private final List<Object> scriptSettings;
    private volatile boolean closed;

    Publisher(
            RedisSettings settings, Partitions partitions, KnownHeads heads, Executor answers, RedisCounters counters) {
        this.settings = settings;
        this.partitions = partitions;
        this.heads = heads;
        this.answers = answers;
        this.counters = counters;
        this.buffer = new PublishBuffer(settings.publishBufferRecords(), settings.publishBufferBytes());
        this.lanes = partitions.all().stream().map(PublishLane::new).toList();
        this.scriptSettings = List.of(
                settings.retention().maxRecords(),
                settings.retention().maxBytes(),
                settings.retention().maxAge().toMillis(),
                settings.metadataLifetime().toMillis(),
                BATCH_MEMORY_MILLIS,
                LatestTable.MAX_KEYS);
    }

    PublishBuffer buffer() {
        return buffer;
    }

    /** In the order of partitions. */
    List<PublishLane> lanes() {
        return lanes;
    }

    StoreCommand command(Partition partition, PublishBatch batch, Command publish) {
        return batch.command(partition, producer, scriptSettings, heads, RandomNames.next(), publish);
    }

    /** A write that changes nothing, and that this master does not refuse while it is one. */
    StoreCommand writeNothing(HostAndPort master) {
        Partition partition = lanes.stream()
                .filter(lane -> lane.isAt(master))
                .findFirst()
                .orElse(lanes.get(0))
                .partition();
        return StoreCommand.of(Command.DEL, partition.nothingKey());
    }

    /** The waker wakes the sender of a partition. */
    CompletionStage<Position> publish(Publication publication, Consumer<Partition> waker) {
        byte[] bytes = RecordBytes.encode(publication);
        if (!buffer.tryAdd(bytes.length)) {
            counters.refusedPublishes.increment();
            return CompletableFuture.failedFuture(unavailable("Redis does not keep up: " + buffer.records()
                    + " records wait already; try again later, or raise publishBuffer"));
        }
        PendingPublish publish = new PendingPublish(
                publication.topic(),
                publication.key(),
                bytes,
                System.nanoTime() + settings.publishTimeout().toNanos(),
                new CompletableFuture<>());
        CompletionStage<Position> told = publish.told(stored -> settled(bytes.length, stored));
        Partition partition = partitions.of(publication.topic());
        lanes.get(partition.index()).add(publish);
        if (closed) {
            // It may have been added behind the back of close().
            fail(publish, "the broadcaster is closed");
        } else {
            waker.accept(partition);
        }
        return told;
    }

    /** The record's place is given back, and counted, before its publisher is told and may publish the next one. */
    private void settled(int bytes, boolean stored) {
        buffer.remove(bytes);
        (stored ? counters.stored : counters.failedPublishes).increment();
    }

    void stored(List<PendingPublish> publishes, List<Position> positions) {
        answers.execute(() -> complete(publishes, positions));
    }

    private void complete(List<PendingPublish> publishes, List<Position> positions) {
        for (int i = 0; i < publishes.size(); i++) {
            PendingPublish publish = publishes.get(i);
            Position position = positions.get(i);
            if (position.equals(Position.NONE)) {
                fail(publish, "Redis could not store a record of " + publish.topic() + "; its log has the reason");
            } else {
                publish.answer().complete(position);
            }
        }
    }

    private void fail(PendingPublish publish, String why) {
        publish.answer().completeExceptionally(unavailable(why));
    }

    /** Fails what has waited for too long; to be called again and again. */
    void expire() {
        long now = System.nanoTime();
        for (PublishLane lane : lanes) {
            List<PendingPublish> expired = lane.expired(now);
            if (!expired.isEmpty()) {
                String why = "Redis could not be reached within " + settings.publishTimeout()
                        + "; whether the record is stored is not known";
                answers.execute(() -> expired.forEach(publish -> fail(publish, why)));
            }
        }
    }

    private static TelemetryException unavailable(String why) {
        return new TelemetryException(ErrorCode.UNAVAILABLE, why);
    }

    /** After the senders were closed. */
    @Override
    public void close() {
        closed = true;
        for (PublishLane lane : lanes) {
            lane.drain().forEach(publish -> fail(publish, "the broadcaster was closed while the record waited"));
        }
    }
}
