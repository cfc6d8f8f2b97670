package live.telemetry.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a client put together. Its methods may be called from any thread, and hand over to the loop, where everything
 * else happens.
 */
final class ClientCore implements Connection.Events {

    /** {@link #close()} waits so long for a listener that is running. */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** Publications are waited for so long at most before another transport takes over. */
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration LEAVE_CHECK = Duration.ofMillis(10);

    private static final Logger log = LoggerFactory.getLogger(ClientCore.class);

    private final ClientLoop loop;
    private final ClientListener listener;
    private final Runnable onEnd;
    private final ClientCounters counters = new ClientCounters();
    private final ListenerCalls calls;
    private final Connection connection;
    private final Requests requests;
    private final ServerClock clock;
    private final TokenRefresh tokenRefresh;
    private final WireSubscriptions wireSubscriptions;
    private final Subscriptions subscriptions;
    private final PendingPublishes publishes;
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile boolean closing;
    private volatile String refusal = "";

    // Only on the loop.
    private @Nullable Wire wire;
    /** What goes over to another transport, while publications wait for that; the last one counts. */
    private @Nullable Runnable leaving;

    /**
     * @param listenerExecutor where listeners are called
     * @param onEnd what is to be let go at the very end
     */
    ClientCore(
            ConnectSettings settings,
            ClientListener listener,
            Executor listenerExecutor,
            Runnable onEnd,
            ClientLoop loop,
            Transports transports,
            DoubleSupplier random) {
        this.loop = loop;
        this.listener = listener;
        this.onEnd = onEnd;
        AtomicLong ids = new AtomicLong();
        Retries retries = new Retries(settings.policy(), settings.uris().size(), random);
        calls = new ListenerCalls(
                listenerExecutor, settings.limits(), counters, () -> loop.execute(this::resumeReading));
        connection = new Connection(new Attempts(settings, transports, loop, calls, counters), retries, random, this);
        requests = new Requests(
                ids::incrementAndGet, loop, settings.timeouts().request(), calls::isFull, connection::lost);
        clock = new ServerClock(loop, requests);
        tokenRefresh = new TokenRefresh(loop, settings, requests, clock, random, counters);
        Deliveries deliveries = new Deliveries(calls, counters);
        wireSubscriptions = new WireSubscriptions(loop, requests, deliveries, counters, retries::delayOfRequest);
        subscriptions = new Subscriptions(loop, wireSubscriptions);
        publishes = new PendingPublishes(ids::incrementAndGet, settings.limits().pendingPublishes());
    }

    ClientState state() {
        return connection.state();
    }

    ClientStats stats() {
        return counters.read(state(), connection.transport(), clock.roundTrip());
    }

    void connect() {
        checkOpen();
        loop.execute(connection::connect);
    }

    Subscription subscribe(TopicPattern pattern, SubscribeOptions options, RecordListener listener) {
        checkOpen();
        return subscriptions.subscribe(pattern, options, listener);
    }

    CompletableFuture<Position> publish(Topic topic, @Nullable String key, JsonData data) {
        CompletableFuture<Position> future = publishes.add(topic, key, data);
        loop.execute(this::sendPublishes);
        // After it was added: whoever ends the client fails all that were added before.
        failIfTerminal();
        return future;
    }

    /** Idempotent and bounded; in a callback it returns before the client has ended. */
    void close() {
        if (!closing) {
            closing = true;
            subscriptions.silence();
            loop.execute(() -> connection.close("closed by the application"));
        }
        if (loop.isCurrent() || calls.isCurrent()) {
            return;
        }
        try {
            long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
            boolean inTime = ended.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    && calls.awaitIdle(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            if (!inTime) {
                log.warn("The client is closed, but a listener is still running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkOpen() {
        if (closing || state() == ClientState.CLOSED) {
            throw new IllegalStateException("the client is closed; build a new one");
        }
    }

    // ---- on the loop

    private void resumeReading() {
        requests.readingResumed();
        connection.resumeReading();
    }

    private void sendPublishes() {
        if (wire != null && leaving == null) {
            publishes.sendUnsent(wire);
        }
    }

    @Override
    public void connected(Wire wire, Welcome welcome, @Nullable String token) {
        this.wire = wire;
        requests.connected(wire);
        clock.connected(welcome.heartbeatMillis(), () -> tokenRefresh.connected(token, welcome.expiresAt()));
        wireSubscriptions.connected();
        publishes.sendUnsent(wire);
    }

    /** What was published is acknowledged over the transport that it went by, unless that takes too long. */
    @Override
    public void leaving(Runnable ready) {
        leaving = ready;
        long end = loop.nowMillis() + LEAVE_TIMEOUT.toMillis();
        leaveOnceAcknowledged(end, ready);
    }

    private void leaveOnceAcknowledged(long end, Runnable ready) {
        if (leaving != ready) {
            return;
        }
        if (publishes.sentCount() == 0 || loop.nowMillis() >= end) {
            ready.run();
            leaving = null;
            sendPublishes();
        } else {
            loop.schedule(LEAVE_CHECK, () -> leaveOnceAcknowledged(end, ready));
        }
    }

    @Override
    public void disconnected() {
        leaving = null;
        wire = null;
        requests.disconnected();
        clock.disconnected();
        tokenRefresh.disconnected();
        wireSubscriptions.disconnected();
        publishes.disconnected();
    }

    @Override
    public void received(ServerEnvelope envelope) {
        TopicStreams streams = wireSubscriptions.streams();
        switch (envelope.type()) {
            case DATA -> streams.on(((Data) envelope).record());
            case GAP -> streams.on((Gap) envelope);
            case RESYNCING -> streams.on((Resyncing) envelope);
            case RESYNCED -> {
                requests.answered(((Resynced) envelope).id(), envelope);
                streams.on((Resynced) envelope);
            }
            case SUBSCRIBED -> {
                Subscribed subscribed = (Subscribed) envelope;
                if (subscribed.id() == null) {
                    wireSubscriptions.on(subscribed);
                } else {
                    requests.answered(subscribed.id(), envelope);
                }
            }
            case PATTERN_SUBSCRIBED -> requests.answered(((PatternSubscribed) envelope).id(), envelope);
            case UNSUBSCRIBED -> wireSubscriptions.on((Unsubscribed) envelope);
            case PUBLISHED -> publishes.on((Published) envelope);
            case AUTHENTICATED -> requests.answered(((Authenticated) envelope).id(), envelope);
            case PONG -> requests.answered(((Pong) envelope).id(), envelope);
            case ERROR -> failed((Failure) envelope);
            case WELCOME, GOAWAY, HEARTBEAT -> {
                // The attempt has taken note of them.
            }
        }
    }

    private void failed(Failure failure) {
        if (requests.failed(failure) || publishes.on(failure)) {
            return;
        }
        log.debug("The server reports {}: {}", failure.code(), failure.message());
        if (failure.id() == null) {
            calls.call(() -> listener.onServerError(new ServerError(failure.code(), failure.message())));
        }
    }

    @Override
    public void stateChanged(StateChange change) {
        calls.call(() -> listener.onStateChange(change));
        refusal = change.reason();
        failIfTerminal();
        if (change.to() == ClientState.CLOSED) {
            subscriptions.silence();
            loop.end();
            onEnd.run();
            ended.countDown();
        }
    }

    /** Any thread. */
    private void failIfTerminal() {
        if (closing || state() == ClientState.CLOSED) {
            publishes.failAll(ErrorCode.UNAVAILABLE, "the client is closed");
        } else if (state() == ClientState.UNAUTHORIZED) {
            publishes.failAll(ErrorCode.UNAUTHENTICATED, "the server refuses this client: " + refusal);
        }
    }
}
