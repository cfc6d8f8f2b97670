package live.telemetry.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for their answer, by id. A server that does not answer one in time is taken for broken. Only on the loop.
 */
final class Requests {

    private final LongSupplier ids;
    private final ClientLoop loop;
    private final Duration timeout;
    private final BooleanSupplier readingStopped;
    private final Consumer<String> onTimeout;
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private @Nullable Wire wire;

    private record Waiting(
            ClientEnvelope.Type type, Consumer<ServerEnvelope> onAnswer, Consumer<Failure> onFailure, Timer deadline) {}

    /**
     * @param readingStopped whether it is this side that does not read, so that an answer cannot come
     * @param onTimeout is told in words which answer did not come
     */
    Requests(
            LongSupplier ids,
            ClientLoop loop,
            Duration timeout,
            BooleanSupplier readingStopped,
            Consumer<String> onTimeout) {
        this.ids = ids;
        this.loop = loop;
        this.timeout = timeout;
        this.readingStopped = readingStopped;
        this.onTimeout = onTimeout;
    }

    void connected(Wire wire) {
        this.wire = wire;
    }

    void disconnected() {
        wire = null;
        waiting.values().forEach(request -> request.deadline.cancel());
        waiting.clear();
    }

    boolean isConnected() {
        return wire != null;
    }

    /** Whether the server takes a message of that size. */
    boolean fits(ClientEnvelope envelope) {
        Wire open = wire;
        return open == null || open.fits(EnvelopeCodec.encode(envelope));
    }

    /**
     * Sends a request, while there is a connection.
     *
     * @param envelope makes the envelope with the id that it is given
     * @return that id
     */
    long send(LongFunction<ClientEnvelope> envelope, Consumer<ServerEnvelope> onAnswer, Consumer<Failure> onFailure) {
        long id = ids.getAsLong();
        ClientEnvelope request = envelope.apply(id);
        waiting.put(id, new Waiting(request.type(), onAnswer, onFailure, deadline(id)));
        say(request);
        return id;
    }

    private Timer deadline(long id) {
        return loop.schedule(timeout, () -> expired(id));
    }

    private void expired(long id) {
        Waiting request = waiting.get(id);
        if (request == null) {
            return;
        }
        if (readingStopped.getAsBoolean()) {
            waiting.put(id, restarted(id, request));
        } else {
            onTimeout.accept("no answer to " + request.type.name().toLowerCase(Locale.ROOT) + " within " + timeout);
        }
    }

    /** The answers may be behind all that was not read meanwhile, so they have their whole time again. */
    void readingResumed() {
        waiting.replaceAll(this::restarted);
    }

    private Waiting restarted(long id, Waiting request) {
        request.deadline.cancel();
        return new Waiting(request.type, request.onAnswer, request.onFailure, deadline(id));
    }

    /** Sends a request whose answer is of no interest. */
    void tell(LongFunction<ClientEnvelope> envelope) {
        say(envelope.apply(ids.getAsLong()));
    }

    private void say(ClientEnvelope envelope) {
        if (wire != null) {
            wire.send(envelope);
        }
    }

    /** Whether the answer was waited for. */
    boolean answered(@Nullable Long id, ServerEnvelope answer) {
        Waiting request = take(id);
        if (request != null) {
            request.onAnswer.accept(answer);
        }
        return request != null;
    }

    /** Whether the failure answers one of these. */
    boolean failed(Failure failure) {
        Waiting request = take(failure.id());
        if (request != null) {
            request.onFailure.accept(failure);
        }
        return request != null;
    }

    /** Whatever is still answered to it is out of date. */
    void forget(long id) {
        take(id);
    }

    private @Nullable Waiting take(@Nullable Long id) {
        Waiting request = id == null ? null : waiting.remove(id);
        if (request != null) {
            request.deadline.cancel();
        }
        return request;
    }
}
