package live.telemetry.client;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * Records that are published and not yet acknowledged, bounded. One that has not been sent waits for a connection; one that has
 * been sent when the connection is lost fails, since nobody knows whether it was stored. The map is shared by all threads, and
 * an entry belongs to whoever removes it; sending is done on the loop.
 */
final class PendingPublishes {

    private final LongSupplier ids;
    private final int maxPending;
    private final Map<Long, Pending> byId = new ConcurrentHashMap<>();
    private final Queue<Long> unsent = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    private static final class Pending {

        final String text;
        final CompletableFuture<Position> future = new CompletableFuture<>();
        // Only on the loop.
        boolean sent;

        Pending(String text) {
            this.text = text;
        }
    }

    /** @param maxPending so many may be without an acknowledgement; a further one fails with {@code TOO_MANY_REQUESTS} */
    PendingPublishes(LongSupplier ids, int maxPending) {
        this.ids = ids;
        this.maxPending = maxPending;
    }

    /**
     * Adds one; it is sent by {@link #sendUnsent}.
     *
     * @return completes with the acknowledgement
     */
    CompletableFuture<Position> add(Topic topic, @Nullable String key, JsonData data) {
        // Checks the key.
        new Publication(topic, 0, key, data);
        if (count.incrementAndGet() > maxPending) {
            count.decrementAndGet();
            return CompletableFuture.failedFuture(new TelemetryException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    maxPending + " records wait for their acknowledgement already; publish more slowly"));
        }
        long id = ids.getAsLong();
        Pending pending = new Pending(EnvelopeCodec.encode(new Publish(id, topic, key, data)));
        byId.put(id, pending);
        unsent.add(id);
        return pending.future;
    }

    /** Sends what waits, in the order in which it was published. */
    void sendUnsent(Wire wire) {
        Long id;
        while ((id = unsent.poll()) != null) {
            Pending pending = byId.get(id);
            if (pending == null) {
                continue;
            }
            if (wire.fits(pending.text)) {
                pending.sent = true;
                wire.sendText(pending.text);
            } else {
                fail(
                        id,
                        new TelemetryException(
                                ErrorCode.RECORD_TOO_LARGE,
                                "the server takes messages of at most " + wire.maxMessageBytes() + " bytes"));
            }
        }
    }

    void on(Published published) {
        Pending pending = remove(published.id());
        if (pending != null) {
            pending.future.complete(published.position());
        }
    }

    /** Whether the failure answers one of these. */
    boolean on(Failure failure) {
        return failure.id() != null && fail(failure.id(), new TelemetryException(failure.code(), failure.message()));
    }

    void disconnected() {
        byId.forEach((id, pending) -> {
            if (pending.sent) {
                fail(
                        id,
                        new TelemetryException(
                                ErrorCode.UNAVAILABLE,
                                "the connection was lost before the acknowledgement; the record may be stored or not"));
            }
        });
    }

    /** Fails whatever there is. */
    void failAll(ErrorCode code, String message) {
        byId.keySet().forEach(id -> fail(id, new TelemetryException(code, message)));
        // No connection may ever come that would take them from here.
        unsent.removeIf(id -> !byId.containsKey(id));
    }

    /** How many have been sent and are not acknowledged. */
    int sentCount() {
        return (int) byId.values().stream().filter(pending -> pending.sent).count();
    }

    /** How many wait for a connection. */
    int unsentCount() {
        return unsent.size();
    }

    private boolean fail(Long id, TelemetryException error) {
        Pending pending = remove(id);
        if (pending == null) {
            return false;
        }
        pending.future.completeExceptionally(error);
        return true;
    }

    private @Nullable Pending remove(@Nullable Long id) {
        Pending pending = id == null ? null : byId.remove(id);
        if (pending != null) {
            count.decrementAndGet();
        }
        return pending;
    }
}
