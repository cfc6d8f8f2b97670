package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
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
 * Keeps one connection to a server up: the state machine behind {@link ClientState}, where its transitions are listed. Only on
 * the loop, but for {@link #state()}.
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

    /** Counts attempts, so that a token that comes too late for one is not used for another. */
    private long attempts;

    private int uri;
    private @Nullable Attempt attempt;
    private @Nullable Timer tokenDeadline;
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

        /**
         * The server has welcomed this client.
         *
         * @param token the token that it was shown, or null
         */
        void connected(Wire wire, Welcome welcome, @Nullable String token);

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

    /** The server does not do what it should: the connection is given up, and the next one follows. */
    void lost(String reason) {
        if (attempt != null) {
            follow(TransportEnd.broken(reason), null);
        }
    }

    /** There is room again for what messages bring to listeners. */
    void resumeReading() {
        if (attempt != null) {
            attempt.handleMessages();
        }
    }

    private void attempt() {
        next = null;
        long number = ++attempts;
        URI target = settings.uris().get(uri);
        change(ClientState.CONNECTING, "connecting to " + target.getAuthority(), Duration.ZERO);
        Duration patience = settings.timeouts().token();
        tokenDeadline = loop.schedule(patience, () -> {
            settings.tokens().abandon();
            tokenCame(
                    number, target, null, new IllegalStateException("the token supplier gave none within " + patience));
        });
        settings.tokens()
                .next()
                .whenComplete((token, error) -> loop.execute(() -> tokenCame(number, target, token, error)));
    }

    private void tokenCame(long number, URI target, @Nullable String token, @Nullable Throwable error) {
        Timer deadline = tokenDeadline;
        if (number != attempts || deadline == null) {
            return;
        }
        deadline.cancel();
        tokenDeadline = null;
        if (error != null) {
            log.debug("No token to connect with", error);
            follow(TransportEnd.broken(String.valueOf(error.getMessage())), null);
            return;
        }
        Attempt begun;
        try {
            Transport transport = transports.create(new TransportRequest(
                    target,
                    token,
                    settings.timeouts().connect(),
                    settings.limits().maxMessageBytes(),
                    settings.sslContext()));
            begun = new Attempt(transport, token, loop, calls, counters, settings, this);
        } catch (RuntimeException e) {
            log.debug("No attempt to connect could be made", e);
            follow(TransportEnd.broken("no attempt could be made: " + e), null);
            return;
        }
        attempt = begun;
        begun.open();
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
        events.connected(new Wire(from::send, welcome.maxMessageBytes()), welcome, from.token());
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
            uri = (uri + 1) % settings.uris().size();
            next = loop.schedule(decision.after(), this::attempt);
        }
        String status = end.httpStatus() == 0 ? "" : "HTTP " + end.httpStatus() + ": ";
        String code = end.closeCode() == TransportEnd.NO_CLOSE_CODE ? "" : end.closeCode() + ": ";
        change(decision.state(), status + code + end.reason(), decision.after());
    }

    private void leave() {
        attempts++;
        cancel(tokenDeadline);
        cancel(next);
        cancel(stable);
        tokenDeadline = null;
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
