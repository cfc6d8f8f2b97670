package live.telemetry.server.net.websocket;

import java.nio.ByteBuffer;

/**
 * Walks over the frames of a client, however they are cut, and finds one that is not masked: RFC 6455 §5.1 asks a server to
 * close then, and the engine does not look. It reads nothing but heads and lengths.
 */
final class MaskGuard {

    private static final int MASK_BYTES = 4;

    private int headBytesSeen;
    private int lengthBytes;
    private long length;
    private long toSkip;

    /**
     * Looks at what has arrived.
     *
     * @param in is not moved
     * @return false if a frame is not masked
     */
    boolean allMasked(ByteBuffer in) {
        int position = in.position();
        int limit = in.limit();
        while (position < limit) {
            if (toSkip > 0) {
                int skipped = (int) Math.min(toSkip, limit - position);
                toSkip -= skipped;
                position += skipped;
            } else if (!acceptHead(in.get(position++))) {
                return false;
            }
        }
        return true;
    }

    private boolean acceptHead(byte b) {
        headBytesSeen++;
        if (headBytesSeen == 1) {
            return true;
        }
        if (headBytesSeen == 2) {
            if ((b & 0x80) == 0) {
                return false;
            }
            int small = b & 0x7F;
            lengthBytes = small == 126 ? 2 : small == 127 ? 8 : 0;
            length = lengthBytes == 0 ? small : 0;
        } else {
            // A length beyond 2^63 is refused by the engine; here it must only not become negative.
            length = (length << 8 | (b & 0xFF)) & Long.MAX_VALUE;
        }
        if (headBytesSeen == 2 + lengthBytes) {
            toSkip = Math.min(length, Long.MAX_VALUE - MASK_BYTES) + MASK_BYTES;
            headBytesSeen = 0;
        }
        return true;
    }
}
