package live.telemetry.tck.proxy;

import java.util.Arrays;
import java.util.function.Consumer;

/** Splits a server's side of a WebSocket (RFC 6455 §5.2) into frames, wherever the reads have cut it. */
final class FrameSplitter {

    /** The longest frame that is held until it is complete; a longer one is an error of the test. */
    static final int MAX_FRAME_BYTES = 16 << 20;

    private static final int SHORT_HEAD = 2;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final Consumer<Frame> frames;
    private byte[] buffer = new byte[1 << 10];
    private int size;

    FrameSplitter(Consumer<Frame> frames) {
        this.frames = frames;
    }

    /** Takes the next bytes of the stream and hands over every frame that they complete. */
    void feed(byte[] bytes, int offset, int length) {
        if (buffer.length - size < length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + length));
        }
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
        int start = 0;
        for (int count = frameBytes(start); count > 0 && count <= size - start; count = frameBytes(start)) {
            frames.accept(new Frame(Arrays.copyOfRange(buffer, start, start + count), headBytes(start)));
            start += count;
        }
        System.arraycopy(buffer, start, buffer, 0, size - start);
        size -= start;
    }

    /** The bytes of a frame that is not complete yet. */
    int waitingBytes() {
        return size;
    }

    private int headBytes(int start) {
        int length = buffer[start + 1] & 0x7f;
        return SHORT_HEAD + (length == LENGTH_16 ? Short.BYTES : length == LENGTH_64 ? Long.BYTES : 0);
    }

    /** The length of the frame that begins there, or 0 while its head is not complete. */
    private int frameBytes(int start) {
        if (size - start < SHORT_HEAD || size - start < headBytes(start)) {
            return 0;
        }
        if (buffer[start + 1] < 0) {
            throw new IllegalStateException("a server's frame is masked");
        }
        int head = headBytes(start);
        long payload = head == SHORT_HEAD ? buffer[start + 1] : 0;
        for (int i = start + SHORT_HEAD; i < start + head; i++) {
            payload = payload << Byte.SIZE | buffer[i] & 0xff;
        }
        if (payload < 0 || payload > MAX_FRAME_BYTES - head) {
            throw new IllegalStateException(
                    "a frame of " + Long.toUnsignedString(payload) + " bytes is too long to hold");
        }
        return head + (int) payload;
    }
}
