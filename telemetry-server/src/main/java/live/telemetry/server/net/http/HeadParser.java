package live.telemetry.server.net.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import live.telemetry.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Finds the head of a request in bytes that arrive piece by piece. It takes nothing beyond the empty line: what follows is a
 * body, a WebSocket frame or the next request.
 *
 * <p>Lines end with CR LF and nothing else, and no control character is let through (RFC 9112 §2.2 would allow a lone LF; two
 * parties that disagree about where a line ends are what request smuggling lives on). Every byte is judged by those before it
 * only, so the outcome does not depend on how the bytes were cut. After a head it is ready for the next; after an exception
 * the connection is to be closed. For one thread.
 */
public final class HeadParser {

    private static final int FIRST_CAPACITY = 512;

    private final int maxHeadBytes;

    /** Null between requests, so that an idle connection holds no memory here. */
    private byte @Nullable [] head;

    private int length;
    private int lineLength;
    private boolean afterCarriageReturn;
    private boolean blankLineSkipped;

    /**
     * A parser for one connection.
     *
     * @param maxHeadBytes the largest head that is taken, the empty line included
     */
    public HeadParser(int maxHeadBytes) {
        if (maxHeadBytes < 1) {
            throw new IllegalArgumentException("maxHeadBytes must be positive: " + maxHeadBytes);
        }
        this.maxHeadBytes = maxHeadBytes;
    }

    /**
     * Takes bytes up to the end of the head.
     *
     * @param in what arrived; its position moves behind what was taken
     * @return the head if it is complete, else empty, and then {@code in} is used up
     * @throws HttpException if it is malformed, too large or of a kind that this server does not accept
     */
    public Optional<RequestHead> parse(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (accept(in.get())) {
                byte[] raw = Arrays.copyOf(buffer(), length);
                reset();
                return Optional.of(HeadGrammar.read(raw));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a head has begun but not ended: the time that a peer may take over it is running.
     *
     * @return false between requests
     */
    public boolean hasBegun() {
        return length > 0;
    }

    /** True if this byte ends the head. */
    private boolean accept(byte b) {
        append(b);
        if (afterCarriageReturn) {
            if (b != '\n') {
                throw HttpException.badRequest("a carriage return without a line feed");
            }
            afterCarriageReturn = false;
            return endOfLine();
        }
        if (b == '\r') {
            afterCarriageReturn = true;
        } else if (b == '\n') {
            throw HttpException.badRequest("a line feed without a carriage return");
        } else if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7F) {
            throw HttpException.badRequest(
                    "a control character in the request head; does the peer speak HTTP, or TLS?");
        } else {
            lineLength++;
        }
        return false;
    }

    private boolean endOfLine() {
        if (lineLength > 0) {
            lineLength = 0;
            return false;
        }
        if (length > 2) {
            return true;
        }
        // Some clients send an empty line behind a body; one is forgiven (RFC 9112 §2.2).
        if (blankLineSkipped) {
            throw HttpException.badRequest("empty lines instead of a request line");
        }
        reset();
        blankLineSkipped = true;
        return false;
    }

    private void append(byte b) {
        if (length == maxHeadBytes) {
            throw new HttpException(
                    ErrorCode.HEAD_TOO_LARGE, "the request head is larger than " + maxHeadBytes + " bytes");
        }
        byte[] buffer = buffer();
        if (length == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, maxHeadBytes));
            head = buffer;
        }
        buffer[length++] = b;
    }

    private byte[] buffer() {
        if (head == null) {
            head = new byte[Math.min(FIRST_CAPACITY, maxHeadBytes)];
        }
        return head;
    }

    private void reset() {
        head = null;
        length = 0;
        lineLength = 0;
        blankLineSkipped = false;
    }
}
