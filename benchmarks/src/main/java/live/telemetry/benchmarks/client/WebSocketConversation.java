package live.telemetry.benchmarks.client;

import java.nio.ByteBuffer;
import java.util.Optional;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;

/** A WebSocket (RFC 6455) of a server whose frames are short and not fragmented. */
final class WebSocketConversation implements Conversation {

    /** From the example in RFC 6455 §1.3: whether the answer fits it is not this client's concern. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int MASK_BYTES = 4;

    private final ReaderPlan plan;
    private final int port;
    private final StampFinder stamps;
    private boolean upgraded;
    private int acknowledged;

    WebSocketConversation(ReaderPlan plan, int port, StampFinder stamps) {
        this.plan = plan;
        this.port = port;
        this.stamps = stamps;
    }

    @Override
    public byte[] opening() {
        return Ascii.bytes("GET /telemetry HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + KEY
                + "\r\n\r\n");
    }

    @Override
    public void read(ByteBuffer in, Listener to) {
        if (!upgraded && !upgrade(in, to)) {
            return;
        }
        byte[] bytes = in.array();
        while (in.remaining() >= 2) {
            int start = in.position();
            int opcode = bytes[start] & 0x0f;
            int length = bytes[start + 1] & 0x7f;
            int head = 2;
            if (length == 126) {
                if (in.remaining() < 4) {
                    return;
                }
                head = 4;
                length = (bytes[start + 2] & 0xff) << 8 | bytes[start + 3] & 0xff;
            } else if (length == 127) {
                to.failed("a frame above 64 kB");
                return;
            }
            if (in.remaining() < head + length) {
                return;
            }
            in.position(start + head + length);
            onFrame(opcode, bytes, start + head, start + head + length, to);
        }
    }

    private boolean upgrade(ByteBuffer in, Listener to) {
        String head = Ascii.takeHead(in);
        if (head == null) {
            return false;
        }
        if (!Ascii.statusLine(head).contains(" 101 ")) {
            to.failed("refused: " + Ascii.statusLine(head));
            return false;
        }
        upgraded = true;
        plan.subscriptions().forEach(subscription -> to.send(frame(subscription)));
        if (plan.subscriptions().isEmpty()) {
            to.opened();
        }
        return true;
    }

    private void onFrame(int opcode, byte[] bytes, int from, int to, Listener listener) {
        switch (opcode) {
            case TEXT -> {
                if (stamps.find(bytes, from, to)) {
                    listener.record(stamps.stamp());
                } else {
                    onOther(Ascii.text(bytes, from, to), listener);
                }
            }
            case PING -> listener.send(frame(PONG, Ascii.text(bytes, from, to)));
            case CLOSE -> listener.failed("closed by the server");
            default -> {}
        }
    }

    private void onOther(String envelope, Listener to) {
        if (envelope.startsWith("{\"type\":\"error\"")) {
            to.failed(envelope);
        } else if (envelope.startsWith("{\"type\":\"subscribed\"")) {
            Optional<String> epoch = Ascii.between(envelope, "\"epoch\":\"", "\"");
            Optional<String> head = Ascii.between(envelope, "\"head\":", ",");
            if (epoch.isPresent() && head.isPresent()) {
                to.subscribed(new Position(epoch.get(), Long.parseLong(head.get())));
            }
            if (envelope.contains("\"id\":")
                    && ++acknowledged == plan.subscriptions().size()) {
                to.opened();
            }
        }
    }

    @Override
    public byte[] replayRequest() {
        Subscribe live = plan.subscriptions().get(0);
        byte[] end = frame(new Unsubscribe(null, live.pattern()));
        byte[] again = frame(new Subscribe(null, live.pattern(), Since.last(ReaderPlan.REPLAYED_RECORDS), Mode.ALL));
        return ByteBuffer.allocate(end.length + again.length)
                .put(end)
                .put(again)
                .array();
    }

    private static byte[] frame(ClientEnvelope envelope) {
        return frame(TEXT, EnvelopeCodec.encode(envelope));
    }

    /** Masked, as a client has to, but with zeros, so that nothing changes. */
    private static byte[] frame(int opcode, String text) {
        byte[] payload = Ascii.bytes(text);
        boolean small = payload.length < 126;
        ByteBuffer frame = ByteBuffer.allocate((small ? 2 : 4) + MASK_BYTES + payload.length);
        frame.put((byte) (FINAL | opcode)).put((byte) (MASKED | (small ? payload.length : 126)));
        if (!small) {
            frame.putShort((short) payload.length);
        }
        return frame.putInt(0).put(payload).array();
    }
}
