package live.telemetry.server.net.websocket;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** A frame as a client sends it (RFC 6455 §5.2), in any of the three notations of its length. */
record ClientFrame(int firstByte, boolean masked, int lengthBytes, byte[] payload) {

    static final int FIN = 0x80;

    static ClientFrame of(int firstByte, byte[] payload) {
        int lengthBytes = payload.length < 126 ? 0 : payload.length < 1 << 16 ? 2 : 8;
        return new ClientFrame(firstByte, true, lengthBytes, payload);
    }

    byte[] bytes(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        int maskBit = masked ? 0x80 : 0;
        out.write(maskBit | (lengthBytes == 0 ? payload.length : lengthBytes == 2 ? 126 : 127));
        for (int i = lengthBytes - 1; i >= 0; i--) {
            out.write((int) ((long) payload.length >>> (8 * i)));
        }
        byte[] mask = new byte[4];
        if (masked) {
            random.nextBytes(mask);
            out.writeBytes(mask);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ mask[i % 4]);
        }
        return out.toByteArray();
    }
}
