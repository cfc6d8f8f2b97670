package live.telemetry.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import live.telemetry.client.transport.TransportFactory;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
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

    private static final Logger log = LoggerFactory.getLogger(ClientCore.class);

    private final ClientLoop loop;
    private final ClientListener listener;
    private final ClientCounters counters = new ClientCounters();
    private final AtomicLong ids = new AtomicLong();
    private final ListenerCalls calls;
    private final Connection connection;
    private final SubscriptionTable subscriptions;
    private final PendingPublishes publishes;
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile boolean closing;

    // Only on the loop.
    private @Nullable Wire wire;

    ClientCore(
            ConnectSettings settings,
            ClientListener listener,
            @Nullable Executor listenerExecutor,
            ClientLoop loop,
            TransportFactory transports,
            DoubleSupplier random) {
        this.loop = loop;
        this.listener = listener;
        Retries retries = new Retries(settings.policy(), random);
        calls = new ListenerCalls(listenerExecutor, counters, () -> loop.execute(this::resumeReading));
        connection = new Connection(settings, loop, transports, retries, calls, counters, this);
        subscriptions = new SubscriptionTable(loop, ids::incrementAndGet, calls, counters, retries::delayOfRequest);
        publishes = new PendingPublishes(ids::incrementAndGet);
    }

    ClientState state() {
        return connection.state();
    }

    ClientStats stats() {
        return counters.read();
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

    /** Idempotent and bounded; on the loop, and so in a callback there, it returns before the client has ended. */
    void close() {
        if (!closing) {
            closing = true;
            subscriptions.silence();
            loop.execute(() -> connection.close("closed by the application"));
        }
        if (!loop.isCurrent()) {
            try {
                if (!ended.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                    log.warn("The client is closed, but a listener or the token supplier is still running");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void checkOpen() {
        if (closing || state() == ClientState.CLOSED) {
            throw new IllegalStateException("the client is closed; build a new one");
        }
    }

    // ---- on the loop

    private void resumeReading() {
        connection.resumeReading();
    }

    private void sendPublishes() {
        if (wire != null) {
            publishes.sendUnsent(wire);
        }
    }

    @Override
    public void connected(Wire wire) {
        this.wire = wire;
        subscriptions.connected(wire);
        publishes.sendUnsent(wire);
    }

    @Override
    public void disconnected() {
        wire = null;
        subscriptions.disconnected();
        publishes.disconnected();
    }

    @Override
    public void received(ServerEnvelope envelope) {
        switch (envelope.type()) {
            case SUBSCRIBED -> subscriptions.on((Subscribed) envelope);
            case PATTERN_SUBSCRIBED -> subscriptions.on((PatternSubscribed) envelope);
            case DATA -> subscriptions.on(((Data) envelope).record());
            case GAP -> subscriptions.on((Gap) envelope);
            case UNSUBSCRIBED -> subscriptions.on((Unsubscribed) envelope);
            case PUBLISHED -> publishes.on((Published) envelope);
            case ERROR -> failed((Failure) envelope);
            case WELCOME, GOAWAY, HEARTBEAT, PONG -> {
                // The attempt has taken note of them.
            }
            case RESYNCING, RESYNCED, AUTHENTICATED -> log.debug("Not asked for: {}", envelope.type());
        }
    }

    private void failed(Failure failure) {
        if (subscriptions.on(failure) || publishes.on(failure)) {
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
        failIfTerminal();
        if (change.to() == ClientState.CLOSED) {
            subscriptions.silence();
            loop.end();
            ended.countDown();
        }
    }

    /** Any thread. */
    private void failIfTerminal() {
        if (closing || state() == ClientState.CLOSED) {
            publishes.failAll(ErrorCode.UNAVAILABLE, "the client is closed");
        } else if (state() == ClientState.UNAUTHORIZED) {
            publishes.failAll(ErrorCode.UNAUTHENTICATED, "the server refuses this client's token");
        }
    }
}
