package live.telemetry.client.transport;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.protocols.Protocol;
import org.jspecify.annotations.Nullable;

/** RFC 6455 with our subprotocol, without extensions, which remembers how the server refused. */
final class ClientDraft extends Draft_6455 {

    private final int maxMessageBytes;
    private final AtomicReference<@Nullable RefusedUpgrade> refusal;

    ClientDraft(int maxMessageBytes) {
        this(maxMessageBytes, new AtomicReference<>());
    }

    private ClientDraft(int maxMessageBytes, AtomicReference<@Nullable RefusedUpgrade> refusal) {
        super(Collections.emptyList(), List.of(new Protocol(WebSocketTransport.SUBPROTOCOL)), maxMessageBytes);
        this.maxMessageBytes = maxMessageBytes;
        this.refusal = refusal;
    }

    /** What the server answered instead of upgrading, or null. */
    @Nullable
    RefusedUpgrade refusal() {
        return refusal.get();
    }

    @Override
    public Handshakedata translateHandshake(ByteBuffer bytes) throws InvalidHandshakeException {
        RefusedUpgrade.in(bytes).ifPresent(refusal::set);
        return super.translateHandshake(bytes);
    }

    /** The engine works with a copy, whose answer is ours to read. */
    @Override
    public Draft copyInstance() {
        return new ClientDraft(maxMessageBytes, refusal);
    }
}
