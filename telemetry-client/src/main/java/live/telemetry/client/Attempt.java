package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.client.transport.TransportListener;
import live.telemetry.client.transport.TransportRequest;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transport from the token that it needs to its end: the time-outs of each step, the heartbeat, and the way of its messages from
 * the transport's threads to the loop.
 */
final class Attempt implements TransportListener {

    /** What a server calls its heartbeat is taken between these bounds. */
    private static final long MIN_HEARTBEAT_MILLIS = 100;

    private static final long MAX_HEARTBEAT_MILLIS = Duration.ofHours(1).toMillis();

    /** So many messages are handled until others on the loop have their turn. */
    private static final int MESSAGES_A_TURN = 256;

    private static final Logger log = LoggerFactory.getLogger(Attempt.class);

    private final Attempts common;
    private final ClientLoop loop;
    private final Timeouts timeouts;
    private final URI uri;
    private final TransportKind kind;

    // Shared with the transport's threads.
    private final Inbox inbox;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile long heardAt;
    private volatile boolean handingOver;

    // Only on the loop.
    private Owner owner;
    private @Nullable String token;
    private @Nullable Transport transport;
    private @Nullable Timer timer;
    private @Nullable Timer hurry;
    private @Nullable Timer goaway;
    private @Nullable Welcome welcome;
    private long comeBackAt = -1;
    private boolean provenAlive;
    private boolean hasToken;
    private boolean over;

    Attempt(Attempts common, URI uri, TransportKind kind, Owner owner) {
        this.common = common;
        this.loop = common.loop();
        this.timeouts = common.settings().timeouts();
        this.inbox = new Inbox(common.settings().limits());
        this.uri = uri;
        this.kind = kind;
        this.owner = owner;
    }

    /** Whose attempt it is; on the loop. */
    interface Owner {

        void welcomed(Attempt from, Welcome welcome);

        void received(ServerEnvelope envelope);

        /** @param askedWait the wait that the server asked for, or null */
        void ended(Attempt from, TransportEnd end, @Nullable Duration askedWait);
    }

    /** @param hurried whether it has to be welcomed within the patience for transports that are not the last */
    void begin(boolean hurried) {
        TokenSource tokens = common.settings().tokens();
        Duration patience = timeouts.token();
        timer = loop.schedule(patience, () -> {
            tokens.abandon();
            end(TransportEnd.unreachable("the token supplier gave none within " + patience));
        });
        tokens.next()
                .whenComplete((given, error) -> loop.execute(() -> {
                    if (over || transport != null) {
                        return;
                    }
                    if (error != null) {
                        log.debug("No token to connect with: {}", error.getMessage());
                        end(TransportEnd.unreachable(String.valueOf(error.getMessage())));
                    } else {
                        token = given;
                        hasToken = true;
                        open(hurried);
                    }
                }));
    }

    private void open(boolean hurried) {
        Duration patience = timeouts.handshake();
        restartTimer(patience, () -> end(TransportEnd.broken("not connected within " + patience)));
        if (hurried) {
            Duration soon = common.settings().fallback().patience();
            hurry = loop.schedule(soon, () -> end(TransportEnd.broken("not welcomed within " + soon)));
        }
        try {
            transport = common.transports()
                    .create(
                            kind,
                            new TransportRequest(
                                    uri,
                                    token,
                                    timeouts.connect(),
                                    common.settings().limits().maxMessageBytes(),
                                    common.settings().sslContext()));
            transport.open(this);
        } catch (RuntimeException e) {
            log.debug("A transport could not be opened", e);
            end(TransportEnd.broken("the transport could not be opened: " + e));
        }
    }

    TransportKind kind() {
        return kind;
    }

    /** From now on somebody else is told. */
    void handOverTo(Owner owner) {
        this.owner = owner;
    }

    /** Whether anything has come behind the welcome. A transport that is swallowed from then on has not worked. */
    boolean isProvenAlive() {
        return provenAlive;
    }

    /** Whether it knew what to present; otherwise its transport has not been tried. */
    boolean hasToken() {
        return hasToken;
    }

    /** The token that the server was shown, or null. */
    @Nullable
    String token() {
        return token;
    }

    boolean isWelcomed() {
        return welcome != null;
    }

    boolean send(String text) {
        return !over && transport != null && transport.send(text);
    }

    /** Lets the transport go; the owner is not told anything any more. */
    void giveUp() {
        over = true;
        cancelTimers();
        inbox.close();
        if (transport != null) {
            transport.close();
        }
    }

    private void end(TransportEnd end) {
        if (!over) {
            over = true;
            cancelTimers();
            Duration askedWait = comeBackAt < 0 ? null : Duration.ofMillis(Math.max(0, comeBackAt - loop.nowMillis()));
            owner.ended(this, end, askedWait);
        }
    }

    private void cancelTimers() {
        cancel(timer);
        cancel(hurry);
        cancel(goaway);
    }

    private static void cancel(@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    // ---- on the transport's threads

    @Override
    public void onOpen() {
        loop.execute(this::opened);
    }

    @Override
    public void onText(String text) {
        handingOver = true;
        inbox.put(text);
        // Waiting for room was no silence of the server.
        heardAt = loop.nowMillis();
        handingOver = false;
        wakeLoop();
    }

    @Override
    public void onHeard() {
        heardAt = loop.nowMillis();
    }

    @Override
    public void onEnd(TransportEnd end) {
        inbox.putEnd(end);
        wakeLoop();
    }

    private void wakeLoop() {
        if (woken.compareAndSet(false, true)) {
            loop.execute(() -> {
                woken.set(false);
                handleMessages();
            });
        }
    }

    // ---- on the loop

    private void opened() {
        if (!over && welcome == null) {
            Duration patience = timeouts.welcome();
            restartTimer(patience, () -> end(TransportEnd.broken("no welcome within " + patience)));
        }
    }

    /** Handles what has been read, as long as the listeners keep up. */
    void handleMessages() {
        for (int handled = 0; !over && !common.calls().isFull(); handled++) {
            if (handled == MESSAGES_A_TURN) {
                loop.execute(this::handleMessages);
                return;
            }
            String text = inbox.poll();
            if (text == null) {
                TransportEnd end = inbox.end();
                if (end != null) {
                    end(end);
                }
                return;
            }
            handle(text);
        }
    }

    private void handle(String text) {
        try {
            ServerEnvelope envelope = EnvelopeCodec.decodeServer(text);
            if (envelope instanceof Welcome first) {
                welcomed(first);
            } else if (envelope instanceof Goaway farewell) {
                goaway(farewell);
            } else if (welcome != null) {
                provenAlive = true;
                owner.received(envelope);
            }
        } catch (ProtocolException | IllegalArgumentException e) {
            common.counters().undecodableMessages.increment();
            log.debug("A message of the server was not understood", e);
        }
    }

    private void welcomed(Welcome first) {
        if (welcome != null) {
            return;
        }
        welcome = first;
        cancel(hurry);
        long heartbeat = Math.max(MIN_HEARTBEAT_MILLIS, Math.min(first.heartbeatMillis(), MAX_HEARTBEAT_MILLIS));
        long silence = timeouts.heartbeat().isZero()
                ? 2 * heartbeat
                : timeouts.heartbeat().toMillis();
        listen(silence, silence);
        owner.welcomed(this, first);
    }

    private void listen(long silenceMillis, long inMillis) {
        restartTimer(Duration.ofMillis(inMillis), () -> {
            // Asked first: a thread that has just found room has yet to say when it heard something.
            boolean notReading = handingOver;
            long left = heardAt + silenceMillis - loop.nowMillis();
            if (left > 0) {
                listen(silenceMillis, left);
            } else if (notReading) {
                listen(silenceMillis, silenceMillis);
            } else {
                end(TransportEnd.broken("nothing heard for " + silenceMillis + " ms"));
            }
        });
    }

    private void goaway(Goaway farewell) {
        Duration wait = Retries.obeyed(Duration.ofMillis(Math.max(0, farewell.reconnectAfterMillis())));
        comeBackAt = loop.nowMillis() + wait.toMillis();
        // The server closes in its own time, after what it still has to deliver; but not later than it wants us back.
        cancel(goaway);
        goaway = loop.schedule(wait, () -> end(TransportEnd.closed(1001, "goaway: " + farewell.reason())));
    }

    private void restartTimer(Duration delay, Runnable task) {
        cancel(timer);
        timer = loop.schedule(delay, task);
    }
}
