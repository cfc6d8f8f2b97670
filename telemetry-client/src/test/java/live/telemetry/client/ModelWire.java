package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.function.Consumer;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportListener;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/** One connection between the client and a {@link ModelSession}: what is under way in both directions, and what befalls it. */
final class ModelWire implements Transport {

    final Queue<ClientEnvelope> toServer = new ArrayDeque<>();
    private final Deque<Frame> toClient = new ArrayDeque<>();
    private final ModelFaults faults;
    private final Consumer<ClientEnvelope> onRequest;
    private @Nullable TransportListener listener;
    private boolean welcomed;
    private boolean over;

    /** What may befall a message. */
    enum Faults {
        /** It comes once and in its place: it says how to read what follows. */
        NONE,
        /** It may come twice. Nobody could tell if it did not come at all. */
        REPEAT,
        /** It may also get lost, or come behind the next one. */
        ANY
    }

    record Frame(ServerEnvelope envelope, Faults faults) {}

    ModelWire(ModelFaults faults, Consumer<ClientEnvelope> onRequest) {
        this.faults = faults;
        this.onRequest = onRequest;
    }

    static TelemetryRecord record(ModelTopic log, ModelTopic.Entry entry) {
        return new TelemetryRecord(log.topic, entry.seq(), 1, entry.key(), JsonData.of(entry.serial()));
    }

    // ---- the client's side

    @Override
    public void open(TransportListener listener) {
        this.listener = listener;
    }

    @Override
    public boolean send(String text) {
        if (over) {
            return false;
        }
        ClientEnvelope envelope = EnvelopeCodec.decodeClient(text);
        if (envelope instanceof ClientEnvelope.Ping ping) {
            say(new Pong(ping.id(), 1), Faults.NONE);
        } else {
            onRequest.accept(envelope);
            toServer.add(envelope);
        }
        return true;
    }

    @Override
    public void close() {
        over = true;
    }

    // ---- the server's side

    boolean isWelcomed() {
        return welcomed && !over;
    }

    boolean isWaiting() {
        return listener != null && !welcomed && !over;
    }

    void welcome() {
        welcomed = true;
        listener.onOpen();
        listener.onText(EnvelopeCodec.encode(new Welcome("s", "n", FakeTransport.HEARTBEAT, 262_144, null)));
    }

    void say(ServerEnvelope envelope, Faults faults) {
        toClient.add(new Frame(envelope, faults));
    }

    void heard() {
        if (listener != null && !over) {
            listener.onHeard();
        }
    }

    /** What is under way is lost. */
    void cut() {
        if (listener != null && !over) {
            over = true;
            toClient.clear();
            toServer.clear();
            listener.onEnd(TransportEnd.broken("cut by the model"));
        }
    }

    /** Whether there is anything but answers to pings. */
    boolean hasNews() {
        return toClient.stream().anyMatch(frame -> !(frame.envelope() instanceof Pong));
    }

    boolean hasFrames() {
        return !toClient.isEmpty();
    }

    /** Hands the next message to the client, or does worse to it. */
    void deliver() {
        Frame frame = toClient.poll();
        if (frame == null || over) {
            return;
        }
        switch (faults.befalls(frame, toClient.peek())) {
            case LOST -> {}
            case REPEATED -> {
                hand(frame);
                hand(frame);
            }
            case DELAYED -> {
                Frame next = toClient.poll();
                toClient.addFirst(frame);
                hand(next);
            }
            case NOTHING -> hand(frame);
        }
    }

    private void hand(Frame frame) {
        faults.handed(frame.envelope());
        listener.onText(EnvelopeCodec.encode(frame.envelope()));
    }
}
