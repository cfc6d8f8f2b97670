package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/**
 * Takes batches to one master. One thread of its own sends those of all lanes that are there and have one, together, waits for the
 * answers, and then looks again: what came meanwhile is the next batches. Everything else may be called from any thread.
 */
final class LaneSender implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LaneSender.class);

    private final HostAndPort master;
    private final RedisLink link;
    private final Publisher publisher;
    private final Redirects redirects;
    private final HealthTracker health;
    private final KnownHeads heads;
    private final RedisCounters counters;
    private final WorkerThread worker;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicReference<@Nullable StoreCommand> probe = new AtomicReference<>();
    private volatile boolean closed;

    // The worker's.
    private boolean refused;
    private final BackOff backOff =
            new BackOff(() -> ThreadLocalRandom.current().nextDouble());

    LaneSender(
            HostAndPort master,
            RedisLink link,
            Publisher publisher,
            Redirects redirects,
            HealthTracker health,
            KnownHeads heads,
            RedisCounters counters) {
        this.master = master;
        this.link = link;
        this.publisher = publisher;
        this.redirects = redirects;
        this.health = health;
        this.heads = heads;
        this.counters = counters;
        this.worker = new WorkerThread("publisher", this::run);
    }

    void start() {
        worker.start();
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

    /** To be called now and then: gives up what Redis does not take. */
    void heartbeat() {
        link.heartbeat();
    }

    /** Connects anew before anything else is sent. */
    void reconnect() {
        link.disconnect();
    }

    void wake() {
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
                LOG.debug("publishing on {} failed, trying again: {}", master, e.getMessage());
                redirects.suspect();
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
        for (PublishLane lane : publisher.lanes()) {
            Long next = lane.nextAttemptNanos(master);
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
        List<Object> replies;
        StoreCommand probing = probe.get();
        try {
            List<StoreCommand> commands = new ArrayList<>();
            for (PublishLane lane : publisher.lanes()) {
                PublishBatch batch = lane.next(now, master);
                if (batch != null) {
                    sending.add(lane);
                    batches.add(batch);
                    commands.add(command(lane, batch));
                }
            }
            if (probing != null) {
                commands.add(probing);
                commands.add(publisher.writeNothing(master));
            }
            if (commands.isEmpty()) {
                return false;
            }
            replies = link.exchange(commands);
        } catch (RuntimeException e) {
            // They may be stored or not. Sent again with their numbers, here or elsewhere, they are stored once.
            sending.forEach(lane -> giveBack(lane, System.nanoTime()));
            throw e;
        }
        probe.compareAndSet(probing, null);
        int handled = 0;
        try {
            while (handled < sending.size()) {
                answered(sending.get(handled), batches.get(handled), replies.get(handled));
                handled++;
            }
        } finally {
            // After a fault of ours.
            sending.subList(handled, sending.size()).forEach(lane -> giveBack(lane, System.nanoTime()));
        }
        if (probing != null && replies.get(replies.size() - 1) instanceof JedisMovedDataException moved) {
            redirects.moved(moved.getSlot(), Redirects.target(moved, master));
        }
        if (publisher.lanes().stream().allMatch(lane -> lane.nextAttemptNanos(master) == null)) {
            backOff.succeeded();
            refused(false);
        }
        return true;
    }

    private StoreCommand command(PublishLane lane, PublishBatch batch) {
        if (lane.sendingAgain()) {
            counters.repeatedBatches.increment();
        }
        Command publish = link.isSharded() ? Command.SPUBLISH : Command.PUBLISH;
        StoreCommand command = publisher.command(lane.partition(), batch, publish);
        return lane.isAsking() ? command.withAsking() : command;
    }

    private void answered(PublishLane lane, PublishBatch batch, Object reply) {
        if (reply instanceof byte[] answer) {
            List<Position> positions = batch.positions(new String(answer, StandardCharsets.US_ASCII));
            lane.stored();
            if (!lane.isAt(master)) {
                // What gathered meanwhile is another sender's, which was woken too early.
                redirects.wake(lane.partition());
            }
            counters.batches.increment();
            List<PendingPublish> publishes = batch.publishes();
            for (int i = 0; i < publishes.size(); i++) {
                heads.learn(publishes.get(i).topic(), positions.get(i));
            }
            publisher.stored(publishes, positions);
        } else if (reply instanceof JedisMovedDataException moved) {
            counters.redirects.increment();
            giveBack(lane, System.nanoTime() + backOff.afterFailure());
            redirects.moved(moved.getSlot(), Redirects.target(moved, master));
        } else if (reply instanceof JedisAskDataException ask) {
            counters.redirects.increment();
            redirects.ask(lane, Redirects.target(ask, master));
        } else if (reply instanceof JedisDataException error && isBetweenNodes(error)) {
            counters.redirects.increment();
            giveBack(lane, System.nanoTime() + BackOff.FIRST.toNanos());
        } else {
            refused(lane, reply);
        }
    }

    /** A part of the keys is on another node, to which the slot is being moved. */
    private static boolean isBetweenNodes(JedisDataException error) {
        return String.valueOf(error.getMessage()).startsWith("TRYAGAIN");
    }

    /** Out of memory, loading, not permitted: that may pass; the records' time-out ends it if it does not. */
    private void refused(PublishLane lane, Object reply) {
        if (!refused) {
            LOG.warn("{} refuses records, trying again: {}", master, String.valueOf(reply));
        }
        refused(true);
        redirects.suspect();
        giveBack(lane, System.nanoTime() + backOff.afterFailure());
    }

    private void giveBack(PublishLane lane, long notBeforeNanos) {
        lane.tryAgain(notBeforeNanos);
        redirects.wake(lane.partition());
    }

    private void refused(boolean now) {
        // A refusal is told each time, since a connection that was made in between counts as working.
        if ((now || refused) && !closed) {
            health.change(master, HealthTracker.Part.PUBLISHER, !now);
        }
        refused = now;
    }

    /** Does not wait for the exchange that is under way. */
    @Override
    public void close() {
        closed = true;
        link.close();
        worker.close();
    }
}
