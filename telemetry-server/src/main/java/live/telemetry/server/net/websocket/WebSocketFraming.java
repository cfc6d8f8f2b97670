package live.telemetry.server.net.websocket;

import java.nio.charset.StandardCharsets;
import live.telemetry.server.log.Framing;

/**
 * An envelope as one WebSocket text frame (RFC 6455 §5.2). A server's frame is not masked, so the same bytes serve every
 * session.
 */
public enum WebSocketFraming implements Framing {
    /** The only one. */
    INSTANCE;

    private static final int FINAL = 0x80;

    @Override
    public int headBytes(int frameBytes) {
        return frameBytes < 2 + 126 ? 2 : frameBytes < 4 + (1 << 16) ? 4 : 10;
    }

    @Override
    public byte[] frame(String json) {
        return frame(Opcode.TEXT, json.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] frame(int opcode, byte[] payload) {
        int length = payload.length;
        int headBytes = length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
        byte[] frame = new byte[headBytes + length];
        frame[0] = (byte) (FINAL | opcode);
        if (headBytes == 2) {
            frame[1] = (byte) length;
        } else {
            frame[1] = (byte) (headBytes == 4 ? 126 : 127);
            long rest = length;
            for (int i = headBytes - 1; i > 1; i--) {
                frame[i] = (byte) rest;
                rest >>>= 8;
            }
        }
        System.arraycopy(payload, 0, frame, headBytes, length);
        return frame;
    }
}
