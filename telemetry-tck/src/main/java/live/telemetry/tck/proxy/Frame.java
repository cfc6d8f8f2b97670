package live.telemetry.tck.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One WebSocket frame of a server (RFC 6455 §5.2) as it went over the wire. Immutable. */
public final class Frame {

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int FIRST_CONTROL = 0x8;

    private final byte[] encoded;
    private final int headBytes;

    Frame(byte[] encoded, int headBytes) {
        this.encoded = encoded;
        this.headBytes = headBytes;
    }

    /**
     * The kind of frame.
     *
     * @return the opcode: 1 text, 2 binary, 8 close, 9 ping, 10 pong
     */
    public int opcode() {
        return encoded[0] & 0x0f;
    }

    /**
     * Whether this is a message in text and not only a part of one.
     *
     * @return whether {@link #text} is the whole message
     */
    public boolean isText() {
        return opcode() == TEXT && isFinal();
    }

    /**
     * Whether this is a close, ping or pong.
     *
     * @return whether it is a control frame
     */
    public boolean isControl() {
        return opcode() >= FIRST_CONTROL;
    }

    /**
     * The payload as text.
     *
     * @return the payload, decoded as UTF-8
     */
    public String text() {
        return new String(encoded, headBytes, encoded.length - headBytes, StandardCharsets.UTF_8);
    }

    /**
     * The payload.
     *
     * @return a copy of the payload's bytes
     */
    public byte[] payload() {
        return Arrays.copyOfRange(encoded, headBytes, encoded.length);
    }

    boolean isFinal() {
        return encoded[0] < 0;
    }

    /** Whether it is a part of a message in several frames. */
    boolean isFragment() {
        return !isControl() && (!isFinal() || opcode() == CONTINUATION);
    }

    byte[] encoded() {
        return encoded;
    }
}
