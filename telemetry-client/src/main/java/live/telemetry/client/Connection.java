package live.telemetry.client;

import java.time.Duration;
import java.util.function.Supplier;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportFactory;
import live.telemetry.client.transport.TransportRequest;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to a server up: the state machine behind {@link ClientState}. Only on the loop, but for
 * {@link #state()}.
 *
 * <pre>
 * NEW ──connect──▶ CONNECTING ──welcome──▶ CONNECTED
 *                   ▲      │ failed            │ lost
 *                   └──── WAITING ◀────────────┘      refused: UNAUTHORIZED    4400, close: CLOSED
 * </pre>
 */
final class Connection implements Attempt.Owner {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final ConnectSettings settings;
    private final ClientLoop loop;
    private final TransportFactory transports;
    private final Retries retries;
    private final ListenerCalls calls;
    private final ClientCounters counters;
    private final Events events;

    private volatile ClientState state = ClientState.NEW;

    private @Nullable Attempt attempt;
    private @Nullable Timer next;
    private @Nullable Timer stable;
    private boolean everConnected;

    Connection(
            ConnectSettings settings,
            ClientLoop loop,
            TransportFactory transports,
            Retries retries,
            ListenerCalls calls,
            ClientCounters counters,
            Events events) {
        this.settings = settings;
        this.loop = loop;
        this.transports = transports;
        this.retries = retries;
        this.calls = calls;
        this.counters = counters;
        this.events = events;
    }

    /** What happens to the connection; on the loop. */
    interface Events {

        /** The server has welcomed this client. */
        void connected(Wire wire);

        /** An envelope after the welcome. */
        void received(ServerEnvelope envelope);

        /** A connection that was welcomed is gone. */
        void disconnected();

        /** After everything else about it. */
        void stateChanged(StateChange change);
    }

    ClientState state() {
        return state;
    }

    /** Begins, if it has not begun or has been given up. */
    void connect() {
        if (state == ClientState.NEW || state == ClientState.UNAUTHORIZED) {
            retries.reset();
            attempt();
        }
    }

    /** Ends for good. */
    void close(String reason) {
        leave();
        change(ClientState.CLOSED, reason, Duration.ZERO);
    }

    /** There is room again for what messages bring to listeners. */
    void resumeReading() {
        if (attempt != null) {
            attempt.handleMessages();
        }
    }

    private void attempt() {
        next = null;
        change(ClientState.CONNECTING, "connecting to " + settings.uri().getAuthority(), Duration.ZERO);
        Attempt begun;
        try {
            TransportRequest request = new TransportRequest(settings.uri(), token(), settings.connectTimeout());
            Transport transport = transports.create(request);
            begun = new Attempt(transport, loop, calls, counters, settings.connectTimeout(), this);
        } catch (RuntimeException e) {
            log.debug("No attempt to connect could be made", e);
            follow(TransportEnd.broken("no attempt could be made: " + e), null);
            return;
        }
        attempt = begun;
        begun.open();
    }

    private @Nullable String token() {
        Supplier<String> supplier = settings.token();
        if (supplier == null) {
            return null;
        }
        String token;
        try {
            token = supplier.get();
        } catch (RuntimeException | Error e) {
            // Its own words may have the token in them.
            throw new IllegalStateException(
                    "the token supplier threw " + e.getClass().getName(), e);
        }
        if (!isToken(token)) {
            throw new IllegalStateException("the token supplier gave null, nothing, or something with blanks in it");
        }
        return token;
    }

    /** What fits into a header as it is; RFC 6750 §2.1 allows less. */
    static boolean isToken(@Nullable String token) {
        return token != null && !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 127);
    }

    // ---- told by the attempt

    @Override
    public void welcomed(Attempt from, Welcome welcome) {
        if (everConnected) {
            counters.reconnects.increment();
        }
        everConnected = true;
        stable = loop.schedule(settings.policy().stableAfter(), retries::reset);
        change(ClientState.CONNECTED, "welcomed by node " + welcome.node(), Duration.ZERO);
        events.connected(new Wire(from::send, welcome.maxMessageBytes()));
    }

    @Override
    public void received(ServerEnvelope envelope) {
        events.received(envelope);
    }

    @Override
    public void ended(Attempt from, TransportEnd end, @Nullable Duration askedWait) {
        if (attempt == from) {
            follow(end, askedWait);
        }
    }

    private void follow(TransportEnd end, @Nullable Duration askedWait) {
        leave();
        Retries.Decision decision = retries.after(end, askedWait);
        if (decision.state() == ClientState.WAITING) {
            next = loop.schedule(decision.after(), this::attempt);
        }
        String status = end.httpStatus() == 0 ? "" : "HTTP " + end.httpStatus() + ": ";
        String code = end.closeCode() == TransportEnd.NO_CLOSE_CODE ? "" : end.closeCode() + ": ";
        change(decision.state(), status + code + end.reason(), decision.after());
    }

    private void leave() {
        cancel(next);
        cancel(stable);
        next = null;
        stable = null;
        Attempt left = attempt;
        if (left != null) {
            attempt = null;
            left.giveUp();
            if (left.isWelcomed()) {
                events.disconnected();
            }
        }
    }

    private static void cancel(@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void change(ClientState to, String reason, Duration retryAfter) {
        ClientState from = state;
        if (from != to && from != ClientState.CLOSED) {
            state = to;
            log.debug("{} → {}: {}", from, to, reason);
            events.stateChanged(new StateChange(from, to, reason, retryAfter));
        }
    }
}
