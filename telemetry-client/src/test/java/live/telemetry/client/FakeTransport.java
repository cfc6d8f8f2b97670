package live.telemetry.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.client.transport.TransportListener;
import live.telemetry.client.transport.TransportRequest;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.ClientEnvelope.Ping;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;

/** A transport whose server is the test. */
final class FakeTransport implements Transport {

    static final long HEARTBEAT = 15_000;

    final TransportKind kind;
    final TransportRequest request;
    final List<ClientEnvelope> sent = new CopyOnWriteArrayList<>();
    final CountDownLatch subscribed = new CountDownLatch(1);
    volatile boolean opened;
    boolean answersPings = true;
    LongSupplier serverMillis = () -> 1;
    volatile boolean closed;
    private TransportListener listener;

    FakeTransport(TransportKind kind, TransportRequest request) {
        this.kind = kind;
        this.request = request;
    }

    @Override
    public void open(TransportListener listener) {
        this.listener = listener;
        opened = true;
    }

    @Override
    public boolean send(String text) {
        if (closed) {
            return false;
        }
        ClientEnvelope envelope = EnvelopeCodec.decodeClient(text);
        if (envelope instanceof Ping ping) {
            if (answersPings) {
                says(new Pong(ping.id(), serverMillis.getAsLong()));
            }
            return true;
        }
        sent.add(envelope);
        if (envelope instanceof Subscribe) {
            subscribed.countDown();
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }

    // ---- the server's side

    FakeTransport accept() {
        listener.onOpen();
        return this;
    }

    FakeTransport welcome() {
        return welcome(262_144);
    }

    FakeTransport welcome(long maxMessageBytes) {
        return accept().says(new Welcome("s", "n", HEARTBEAT, maxMessageBytes, null));
    }

    /** Welcomes with a token that expires at that time of the server. */
    FakeTransport welcomeUntil(long expiresAt) {
        return accept().says(new Welcome("s", "n", HEARTBEAT, 262_144, expiresAt));
    }

    FakeTransport says(ServerEnvelope... envelopes) {
        for (ServerEnvelope envelope : envelopes) {
            saysText(EnvelopeCodec.encode(envelope));
        }
        return this;
    }

    FakeTransport saysText(String text) {
        listener.onText(text);
        return this;
    }

    void pings() {
        listener.onHeard();
    }

    void ends(TransportEnd end) {
        listener.onEnd(end);
    }

    void breaks() {
        ends(TransportEnd.broken("cut by the test"));
    }

    void closes(int code) {
        ends(TransportEnd.closed(code, "closed by the test"));
    }

    void refuses(int status) {
        ends(TransportEnd.refused(status, "refused by the test", null, true));
    }

    <T extends ClientEnvelope> List<T> sent(Class<T> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends ClientEnvelope> T last(Class<T> type) {
        List<T> all = sent(type);
        return all.get(all.size() - 1);
    }
}
