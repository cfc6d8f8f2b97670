package live.telemetry.tck.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Gathers the head of an HTTP/1.1 message, byte by byte up to the empty line. */
final class HeadBuffer {

    /** The longest head that is looked at. */
    static final int MAX_HEAD_BYTES = 64 << 10;

    private static final String END = "\r\n\r\n";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int matched;

    /** Takes the next byte; returns whether the head ends with it. */
    boolean endsWith(byte next) {
        bytes.write(next);
        matched = next == END.charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        return matched == END.length();
    }

    int size() {
        return bytes.size();
    }

    boolean isFull() {
        return size() >= MAX_HEAD_BYTES;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    String text() {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
