package live.telemetry.tck.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Encodes a server's frames, independently of what splits them. */
final class Frames {

    static final int FINAL = 0x80;
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int PING = 0x9;

    private Frames() {}

    static byte[] text(String payload) {
        return frame(FINAL | TEXT, payload.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] frame(int firstByte, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) firstByte);
        if (payload.length < 126) {
            frame.put((byte) payload.length);
        } else if (payload.length < 1 << 16) {
            frame.put((byte) 126).putShort((short) payload.length);
        } else {
            frame.put((byte) 127).putLong(payload.length);
        }
        byte[] encoded = new byte[frame.position() + payload.length];
        frame.put(payload).flip().get(encoded);
        return encoded;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
