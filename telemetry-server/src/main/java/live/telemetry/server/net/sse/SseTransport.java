package live.telemetry.server.net.sse;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.server.log.DerivedFraming;
import live.telemetry.server.net.Connection;
import live.telemetry.server.net.ConnectionHandler;
import live.telemetry.server.net.subscription.SubscriptionRequest;
import live.telemetry.server.session.Begin;
import live.telemetry.server.session.CloseReason;
import live.telemetry.server.session.Loop;
import live.telemetry.server.session.Session;
import live.telemetry.server.session.Transport;
import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;

/** A session over Server-Sent Events: what it has to say until one side ends the connection. Nothing is read from the peer. */
final class SseTransport implements Transport, Begin, ConnectionHandler {

    /** How long a peer may take over the last bytes. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SHORTEST_RETRY_MILLIS = 1_000;
    private static final long LONGEST_RETRY_MILLIS = 5_000;

    private final Connection connection;
    private final SubscriptionRequest request;
    private final DerivedFraming framing;
    private final boolean idsOfRecords;
    private final @Nullable StreamIds ids;
    private final StreamWatch watch;
    private final Session session;

    /** Null once it is written. */
    private byte @Nullable [] head;

    private boolean drainingFirst;
    private boolean closing;
    private boolean ended;
    private Loop.@Nullable Timer deadline;

    /**
     * Takes over a connection.
     *
     * @param connection the connection
     * @param request what is asked for
     * @param settings bounds and times
     * @param answer the head of the answer, which goes first
     * @param sessions opens the session over this transport
     */
    SseTransport(
            Connection connection,
            SubscriptionRequest request,
            SseSettings settings,
            byte[] answer,
            Function<Transport, Session> sessions) {
        this.connection = connection;
        this.request = request;
        this.head = answer;
        this.idsOfRecords = request.ids() && request.isOneTopic();
        this.framing = idsOfRecords ? SseFraming.WITH_IDS : SseFraming.PLAIN;
        this.ids = request.ids() && !idsOfRecords ? new StreamIds(connection.loop(), request, connection::ready) : null;
        this.session = sessions.apply(this);
        this.watch = new StreamWatch(connection, session::heartbeat, settings);
        session.welcome();
        try {
            for (Subscribe wanted : request.subscriptions()) {
                session.subscribe(wanted, false, this);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
        connection.ready();
    }

    // ---- Begin

    @Override
    public void begun() {
        // What there is to say of it comes by itself.
    }

    /** A stream that lacks a topic would look as if there were nothing new: the client has to come back. */
    @Override
    public void failed(Throwable error) {
        session.fail(error);
        close(CloseReason.INTERNAL);
    }

    // ---- Transport

    @Override
    public DerivedFraming framing() {
        return framing;
    }

    @Override
    public byte[] frame(ServerEnvelope envelope) {
        String json = EnvelopeCodec.encode(envelope);
        if (envelope instanceof Goaway goaway) {
            return SseFraming.retrying(goaway.reconnectAfterMillis(), json);
        }
        String id = idsOfRecords ? idOf(envelope) : null;
        return id == null ? framing.frame(json) : SseFraming.frame(json, id);
    }

    /** What a client that got this can resume behind, if it can. */
    private static @Nullable String idOf(ServerEnvelope envelope) {
        if (envelope instanceof Subscribed subscribed) {
            Integer snapshot = subscribed.snapshot();
            // Resuming from here would leave the snapshot out.
            return snapshot != null && snapshot > 0
                    ? null
                    : subscribed.position().toString();
        }
        return envelope instanceof Gap gap ? gap.epoch() + ':' + (gap.next() - 1) : null;
    }

    @Override
    public void ready() {
        connection.ready();
    }

    @Override
    public void acceptInput(boolean accept) {
        // The peer sends no requests, so there are none to hold back.
    }

    @Override
    public void close(CloseReason reason) {
        if (!closing) {
            closing = true;
            within(CLOSE_NANOS, connection::close);
            connection.ready();
        }
    }

    // ---- ConnectionHandler

    @Override
    public void onInput(ByteBuffer in) {
        in.position(in.limit());
    }

    @Override
    public void fill(WriteBatch batch) {
        if (head != null) {
            batch.addBytes(head);
            batch.addBytes(SseFraming.retry(
                    ThreadLocalRandom.current().nextLong(SHORTEST_RETRY_MILLIS, LONGEST_RETRY_MILLIS)));
            head = null;
        }
        if (closing) {
            session.fillAnswers(batch);
            if (!batch.hasRoom()) {
                connection.ready();
            } else {
                ended = true;
            }
            return;
        }
        long before = batch.bytes();
        if (ids != null && ids.isDue() && session.isSettled()) {
            // First, since it speaks of what earlier batches had.
            addId(batch, ids);
        }
        session.fill(batch);
        if (batch.bytes() > before) {
            watch.said();
            if (ids != null) {
                ids.moved();
            }
        }
    }

    private void addId(WriteBatch batch, StreamIds due) {
        byte[] event = due.take(session.positions());
        if (event != null) {
            batch.addBytes(event);
        }
    }

    @Override
    public void onDrained() {
        if (ended) {
            connection.shutdownOutput();
        } else if (drainingFirst && !session.hasOutput()) {
            close(CloseReason.GOING_AWAY);
        } else if (ids != null) {
            ids.drained();
        }
    }

    @Override
    public void onEndOfInput() {
        connection.close();
    }

    @Override
    public void shutDown(long reconnectAfterMillis) {
        if (!closing) {
            drainingFirst = true;
            session.goAway(reconnectAfterMillis);
            within(CLOSE_NANOS, () -> close(CloseReason.GOING_AWAY));
        }
    }

    private void within(long nanos, Runnable otherwise) {
        if (deadline != null) {
            deadline.cancel();
        }
        deadline = connection.loop().schedule(nanos, otherwise);
    }

    @Override
    public void onClosed() {
        watch.stop();
        if (ids != null) {
            ids.stop();
        }
        if (deadline != null) {
            deadline.cancel();
        }
        session.onClosed();
    }
}
