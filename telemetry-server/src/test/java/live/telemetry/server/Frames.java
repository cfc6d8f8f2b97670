package live.telemetry.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Frames of a client (RFC 6455 §5.2), well made or not. */
final class Frames {

    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    private Frames() {}

    static byte[] text(String json) {
        return frame(FIN | TEXT, utf8(json.replace('\'', '"')));
    }

    static byte[] complete(int opcode, byte[] payload) {
        return frame(FIN | opcode, payload);
    }

    /** One that another fragment follows. */
    static byte[] open(int opcode, byte[] payload) {
        return frame(opcode, payload);
    }

    static byte[] ping(String payload) {
        return complete(PING, utf8(payload));
    }

    static byte[] close(int code, String reason) {
        byte[] text = utf8(reason);
        return complete(CLOSE, concat(new byte[] {(byte) (code >> 8), (byte) code}, text));
    }

    /** With any first byte: FIN, reserved bits and opcode. */
    static byte[] frame(int firstByte, byte[] payload) {
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        byte[] masked = payload.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= mask[i % 4];
        }
        return concat(head(firstByte, MASKED, payload.length), mask, masked);
    }

    static byte[] unmasked(int opcode, byte[] payload) {
        return concat(head(FIN | opcode, 0, payload.length), payload);
    }

    /** The head and the mask of a frame whose payload never comes. */
    static byte[] declared(int opcode, long length) {
        return concat(longHead(FIN | opcode, MASKED, length), new byte[4]);
    }

    private static byte[] head(int firstByte, int masked, int length) {
        if (length < 126) {
            return new byte[] {(byte) firstByte, (byte) (masked | length)};
        }
        if (length < 1 << 16) {
            return new byte[] {(byte) firstByte, (byte) (masked | 126), (byte) (length >> 8), (byte) length};
        }
        return longHead(firstByte, masked, length);
    }

    private static byte[] longHead(int firstByte, int masked, long length) {
        byte[] head = new byte[10];
        head[0] = (byte) firstByte;
        head[1] = (byte) (masked | 127);
        for (int i = 0; i < 8; i++) {
            head[2 + i] = (byte) (length >> (56 - 8 * i));
        }
        return head;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
