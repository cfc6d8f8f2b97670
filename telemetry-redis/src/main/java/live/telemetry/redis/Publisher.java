package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Takes records to the store. One thread of its own sends the batches of all lanes that have one, together, waits for the
 * answers, and then looks again: what came meanwhile is the next batches. {@link #publish} may be called from any thread and does
 * not wait; {@link #expire} is the timer's.
 */
final class Publisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    /** Longer than any batch is repeated. */
    private static final long BATCH_MEMORY_MILLIS = 3_600_000;

    private final RedisSettings settings;
    private final Partitions partitions;
    private final RedisLink link;
    private final KnownHeads heads;
    private final HealthTracker health;
    private final Executor answers;
    private final RedisCounters counters;
    private final PublishBuffer buffer;
    private final List<PublishLane> lanes;
    private final String producer = RandomNames.next();
    private final List<Object> scriptSettings;
    private final WorkerThread worker;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicReference<@Nullable StoreCommand> probe = new AtomicReference<>();
    private volatile boolean closed;

    // The worker's.
    private boolean refused;
    private final BackOff backOff =
            new BackOff(() -> ThreadLocalRandom.current().nextDouble());

    Publisher(
            RedisSettings settings,
            Partitions partitions,
            RedisLink link,
            KnownHeads heads,
            HealthTracker health,
            Executor answers,
            RedisCounters counters) {
        this.settings = settings;
        this.partitions = partitions;
        this.link = link;
        this.heads = heads;
        this.health = health;
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
        this.worker = new WorkerThread("publisher", this::run);
    }

    void start() {
        worker.start();
    }

    PublishBuffer buffer() {
        return buffer;
    }

    CompletionStage<Position> publish(Publication publication) {
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
        lanes.get(partitions.of(publication.topic()).index()).add(publish);
        if (closed) {
            // It may have been added behind the back of close().
            fail(publish, "the broadcaster is closed");
        } else {
            wake();
        }
        return told;
    }

    /** The record's place is given back, and counted, before its publisher is told and may publish the next one. */
    private void settled(int bytes, boolean stored) {
        buffer.remove(bytes);
        (stored ? counters.stored : counters.failedPublishes).increment();
    }

    /**
     * Sends a message to a channel, together with what waits; one that was not sent yet is replaced. With it goes a write
     * that changes nothing, since a replica that was a master takes messages, but no writes.
     */
    void probe(String channel, String text) {
        probe.set(StoreCommand.of(Command.PUBLISH, channel, text));
        wake();
    }

    /** Whether the last probe was not sent yet. */
    boolean isProbing() {
        return probe.get() != null;
    }

    /** Connects anew before anything else is sent. */
    void reconnect() {
        link.disconnect();
    }

    private void wake() {
        if (!woken.get() && !woken.getAndSet(true)) {
            worker.unpark();
        }
    }

    private void run() {
        while (!closed) {
            woken.set(false);
            try {
                link.connect();
                if (!sendRound()) {
                    park();
                }
            } catch (JedisException e) {
                LOG.debug("publishing failed, trying again: {}", e.getMessage());
                pauseAfterFailure();
            } catch (RuntimeException e) {
                LOG.error("publishing failed, trying again", e);
                link.disconnect();
                pauseAfterFailure();
            }
        }
    }

    private void pauseAfterFailure() {
        long until = System.nanoTime() + backOff.afterFailure();
        long left;
        while (!closed && (left = until - System.nanoTime()) > 0) {
            LockSupport.parkNanos(this, left);
        }
    }

    private void park() {
        long now = System.nanoTime();
        long nanos = Long.MAX_VALUE;
        for (PublishLane lane : lanes) {
            Long next = lane.nextAttemptNanos();
            if (next != null) {
                nanos = Math.min(nanos, Math.max(1, next - now));
            }
        }
        if (!woken.get() && !closed) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    /** True if there was something to send. */
    private boolean sendRound() {
        long now = System.nanoTime();
        List<PublishLane> sending = new ArrayList<>();
        List<PublishBatch> batches = new ArrayList<>();
        List<StoreCommand> commands = new ArrayList<>();
        for (PublishLane lane : lanes) {
            PublishBatch batch = lane.next(now);
            if (batch != null) {
                sending.add(lane);
                batches.add(batch);
                commands.add(batch.command(lane.partition(), producer, scriptSettings, heads, RandomNames.next()));
                if (lane.sendingAgain()) {
                    counters.repeatedBatches.increment();
                }
            }
        }
        StoreCommand probing = probe.get();
        if (probing != null) {
            commands.add(probing);
            commands.add(StoreCommand.of(Command.DEL, settings.keyPrefix() + ":nothing"));
        }
        if (commands.isEmpty()) {
            return false;
        }
        List<Object> replies = link.exchange(commands);
        probe.compareAndSet(probing, null);
        for (int i = 0; i < sending.size(); i++) {
            answered(sending.get(i), batches.get(i), replies.get(i));
        }
        if (lanes.stream().allMatch(lane -> lane.nextAttemptNanos() == null)) {
            backOff.succeeded();
            refused(false);
        }
        return true;
    }

    private void answered(PublishLane lane, PublishBatch batch, Object reply) {
        if (!(reply instanceof byte[] answer)) {
            // Out of memory, loading, not permitted: that may pass; the records' time-out ends it if it does not.
            if (!refused) {
                LOG.warn("Redis refuses records, trying again: {}", String.valueOf(reply));
            }
            refused(true);
            lane.tryAgain(System.nanoTime() + backOff.afterFailure());
            return;
        }
        List<Position> positions = batch.positions(new String(answer, StandardCharsets.US_ASCII));
        lane.stored();
        counters.batches.increment();
        List<PendingPublish> publishes = batch.publishes();
        for (int i = 0; i < publishes.size(); i++) {
            heads.learn(publishes.get(i).topic(), positions.get(i));
        }
        answers.execute(() -> complete(publishes, positions));
    }

    private void refused(boolean now) {
        if (refused != now) {
            refused = now;
            health.change(HealthTracker.Part.PUBLISHER, !now);
        }
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

    @Override
    public void close() {
        closed = true;
        link.close();
        worker.close();
        for (PublishLane lane : lanes) {
            lane.drain().forEach(publish -> fail(publish, "the broadcaster was closed while the record waited"));
        }
    }
}
