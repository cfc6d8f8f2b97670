package live.telemetry.server.net.websocket;

import java.nio.ByteBuffer;
import live.telemetry.server.session.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the frames of a client, however they are cut, before the engine sees them. It finds where a frame ends, so that
 * the engine gets complete ones only: for an incomplete one it would allocate whatever length was declared. And it refuses
 * what can be refused by the head alone: a frame that is not masked, which the engine lets pass (RFC 6455 §5.1), one that is
 * too long, and a control frame above 125 bytes (§5.5).
 */
final class FrameWalker {

    private static final int MASK_BYTES = 4;
    private static final int MAX_CONTROL_BYTES = 125;

    private final int maxFrameBytes;
    private boolean control;
    private int headBytesSeen;
    private int lengthBytes;
    private long length;
    private long toSkip;
    private @Nullable CloseReason fault;

    FrameWalker(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Walks to the end of the frame, of what has arrived, or to a fault.
     *
     * @param in its position moves behind what was walked over
     * @return true if that is the end of the frame
     */
    boolean walk(ByteBuffer in) {
        while (in.hasRemaining() && fault == null) {
            if (toSkip > 0) {
                int skipped = (int) Math.min(toSkip, in.remaining());
                in.position(in.position() + skipped);
                toSkip -= skipped;
                if (toSkip == 0) {
                    return true;
                }
            } else {
                acceptHead(in.get());
            }
        }
        return false;
    }

    /** What is wrong with the frame; null if nothing is. Nothing can be read behind it. */
    @Nullable
    CloseReason fault() {
        return fault;
    }

    private void acceptHead(byte b) {
        headBytesSeen++;
        if (headBytesSeen == 1) {
            control = (b & 0x08) != 0;
            return;
        }
        if (headBytesSeen == 2) {
            int small = b & 0x7F;
            boolean masked = (b & 0x80) != 0;
            if (!masked || (control && small > MAX_CONTROL_BYTES)) {
                fault = CloseReason.FRAMING;
                return;
            }
            lengthBytes = small == 126 ? 2 : small == 127 ? 8 : 0;
            length = lengthBytes == 0 ? small : 0;
        } else {
            length = length << 8 | (b & 0xFF);
        }
        if (headBytesSeen == 2 + lengthBytes) {
            if (length < 0 || length > maxFrameBytes) {
                fault = CloseReason.TOO_BIG;
            }
            // The mask too, so there is always something to skip.
            toSkip = length + MASK_BYTES;
            headBytesSeen = 0;
        }
    }
}
