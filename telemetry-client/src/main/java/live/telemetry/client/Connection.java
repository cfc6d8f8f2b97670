package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to a server up: the state machine behind {@link ClientState}, where its transitions are listed. Only on
 * the loop, but for {@link #state()} and {@link #transport()}.
 */
final class Connection implements Attempt.Owner {

    /** A connection on which nothing has come yet is not looked at more often. */
    private static final Duration LEAST_STABILITY = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final ConnectSettings settings;
    private final ClientLoop loop;
    private final Attempts attempts;
    private final Retries retries;
    private final TransportChoice choice;
    private final TransportProbe probe;
    private final Events events;

    private volatile ClientState state = ClientState.NEW;
    private volatile @Nullable TransportKind transport;

    private int uri;
    private @Nullable Attempt attempt;
    private @Nullable Timer next;
    private @Nullable Timer stability;
    private boolean stable;
    private boolean everConnected;

    Connection(Attempts attempts, Retries retries, DoubleSupplier random, Events events) {
        this.settings = attempts.settings();
        this.loop = attempts.loop();
        this.attempts = attempts;
        this.retries = retries;
        this.choice = new TransportChoice(settings.fallback().transports());
        this.probe = new TransportProbe(attempts, random, this::takeOver);
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

        /** A connection that was welcomed is gone, or about to be. */
        void disconnected();

        /** A better transport is there: {@code ready} is run as soon as nothing is lost by leaving the present one. */
        void leaving(Runnable ready);

        /** After everything else about it. */
        void stateChanged(StateChange change);
    }

    ClientState state() {
        return state;
    }

    /** What the client is connected by. */
    Optional<TransportKind> transport() {
        return Optional.ofNullable(transport);
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
        Attempt given = attempt;
        if (given != null) {
            ended(given, TransportEnd.broken(reason), null);
        }
    }

    /** There is room again for what messages bring to listeners. */
    void resumeReading() {
        if (attempt != null) {
            attempt.handleMessages();
        }
    }

    private URI uri() {
        return settings.uris().get(uri);
    }

    private void attempt() {
        next = null;
        change(ClientState.CONNECTING, "connecting to " + uri().getAuthority(), Duration.ZERO);
        if (state == ClientState.CONNECTING) {
            Attempt begun = new Attempt(attempts, uri(), choice.current(), this);
            attempt = begun;
            begun.begin(choice.hasAnother());
        }
    }

    // ---- told by the attempt

    @Override
    public void welcomed(Attempt from, Welcome welcome) {
        if (everConnected) {
            attempts.counters().reconnects.increment();
        }
        everConnected = true;
        retries.welcomed();
        choice.welcomed();
        begun(from, welcome);
    }

    private void begun(Attempt from, Welcome welcome) {
        transport = from.kind();
        watchStability();
        change(ClientState.CONNECTED, "welcomed by node " + welcome.node() + " over " + from.kind(), Duration.ZERO);
        probe.plan(uri(), choice.better());
        events.connected(new Wire(from::send, welcome.maxMessageBytes()), welcome, from.token());
    }

    private void watchStability() {
        stable = false;
        Duration stableAfter = settings.policy().stableAfter();
        Duration wait = stableAfter.compareTo(LEAST_STABILITY) < 0 ? LEAST_STABILITY : stableAfter;
        stability = loop.schedule(wait, () -> {
            if (attempt != null && attempt.isProvenAlive()) {
                stable = true;
                retries.reset();
                choice.stable();
            } else {
                watchStability();
            }
        });
    }

    @Override
    public void received(ServerEnvelope envelope) {
        events.received(envelope);
    }

    @Override
    public void ended(Attempt from, TransportEnd end, @Nullable Duration askedWait) {
        if (attempt != from) {
            return;
        }
        boolean wasWelcomed = from.isWelcomed();
        boolean wasStable = stable;
        leave();
        if (wasWelcomed) {
            choice.lost(end, wasStable);
        } else if (from.hasToken() && choice.failed(end)) {
            log.debug("{} does not get through: {}", from.kind(), end.reason());
            attempt();
            return;
        }
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
        probe.stop();
        cancel(next);
        next = null;
        Attempt left = attempt;
        attempt = null;
        leave(left);
    }

    private void leave(@Nullable Attempt left) {
        cancel(stability);
        stability = null;
        transport = null;
        if (left != null) {
            left.giveUp();
            if (left.isWelcomed()) {
                events.disconnected();
            }
        }
    }

    /** A better transport has been welcomed. What the present one has not delivered yet comes again over the new one. */
    private void takeOver(Attempt better, Welcome welcome) {
        events.leaving(() -> {
            Attempt left = attempt;
            if (left == null || !probe.release(better)) {
                return;
            }
            attempt = better;
            better.handOverTo(this);
            leave(left);
            choice.takenOver(better.kind());
            attempts.counters().takeOvers.increment();
            begun(better, welcome);
            better.handleMessages();
        });
    }

    /** What the application has to do something about, or may wonder about, once; not each attempt. */
    private void tell(ClientState from, ClientState to, String reason) {
        if (to == ClientState.UNAUTHORIZED) {
            log.warn("The server refuses this client: {}", reason);
        } else if (to == ClientState.WAITING && (from == ClientState.CONNECTED || retries.isFirstFailure())) {
            log.info("Not connected to {}, trying again: {}", uri().getAuthority(), reason);
        } else {
            log.debug("{} → {}: {}", from, to, reason);
        }
    }

    private static void cancel(@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void change(ClientState to, String reason, Duration retryAfter) {
        ClientState from = state;
        boolean takenOver = from == ClientState.CONNECTED && to == from;
        if ((from != to || takenOver) && from != ClientState.CLOSED) {
            state = to;
            tell(from, to, reason);
            events.stateChanged(new StateChange(from, to, reason, retryAfter, Optional.ofNullable(transport)));
        }
    }
}
