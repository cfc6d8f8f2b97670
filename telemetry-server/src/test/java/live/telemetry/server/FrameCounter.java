package live.telemetry.server;

import java.util.concurrent.atomic.AtomicLongArray;

/** Walks over an answer to an upgrade and the frames behind it, and counts envelopes by the first letter of their type. */
final class FrameCounter {

    // Behind {"type":" in every envelope.
    private static final int LETTER_AT = 9;

    private final AtomicLongArray counts;
    private int headEnd;
    private int headBytes;
    private int lengthBytes;
    private int opcode;
    private long length;
    private long seen;
    private boolean inPayload;

    FrameCounter(AtomicLongArray counts) {
        this.counts = counts;
    }

    void accept(byte[] bytes, int count) {
        int at = 0;
        while (at < count) {
            if (headEnd < 4) {
                headEnd = bytes[at++] == "\r\n\r\n".charAt(headEnd) ? headEnd + 1 : 0;
            } else if (inPayload) {
                at = skipPayload(bytes, at, count);
            } else {
                acceptHead(bytes[at++] & 0xFF);
            }
        }
    }

    private int skipPayload(byte[] bytes, int at, int count) {
        int here = (int) Math.min(length - seen, count - at);
        if (opcode == Frames.TEXT && seen <= LETTER_AT && seen + here > LETTER_AT) {
            counts.incrementAndGet(bytes[at + LETTER_AT - (int) seen]);
        }
        seen += here;
        inPayload = seen < length;
        return at + here;
    }

    private void acceptHead(int b) {
        headBytes++;
        if (headBytes == 1) {
            opcode = b & 0x0F;
            return;
        }
        if (headBytes == 2) {
            lengthBytes = b == 126 ? 2 : b == 127 ? 8 : 0;
            length = lengthBytes == 0 ? b : 0;
        } else {
            length = length << 8 | b;
        }
        if (headBytes == 2 + lengthBytes) {
            headBytes = 0;
            seen = 0;
            inPayload = length > 0;
        }
    }
}
