package live.telemetry.client.transport.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads an event stream (HTML, "Server-sent events", §9.2.5 and §9.2.6): lines that end in CR, LF or CRLF, in parts of any size. Bounded: a
 * line, and all data of one event, have at most a given number of bytes. For one thread.
 */
final class SseParser {

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxBytes;
    private final Events events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final ByteArrayOutputStream data = new ByteArrayOutputStream(512);
    private boolean first = true;
    private boolean afterCr;
    private boolean hasData;
    private String type = "";
    private String id = "";

    /** What a stream has. */
    interface Events {

        /**
         * An event.
         *
         * @param type {@code message} where the stream names none
         * @param data its lines, with LF between them
         * @param lastEventId the last id that has been named so far, or empty
         */
        void event(String type, String data, String lastEventId);

        /** A comment, which says that the peer is alive. */
        default void comment() {}

        /** How long the peer wants a client to wait before it comes back, in milliseconds. */
        default void retry(long millis) {}
    }

    /** A line or an event is larger than the bound. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLargeException(int maxBytes) {
            super("an event of more than " + maxBytes + " bytes");
        }
    }

    SseParser(int maxBytes, Events events) {
        this.maxBytes = maxBytes;
        this.events = events;
    }

    /**
     * Reads on. What is not ended by an empty line when the stream ends is no event.
     *
     * @throws TooLargeException at the bound; the rest of the stream has no meaning then
     */
    void feed(ByteBuffer bytes) {
        int from = bytes.position();
        int limit = bytes.limit();
        for (int i = from; i < limit; i++) {
            byte b = bytes.get(i);
            if (b == '\n' && afterCr) {
                // The second half of a CRLF, whose line has been ended.
                afterCr = false;
                from = i + 1;
            } else if (b == '\n' || b == '\r') {
                take(bytes, from, i);
                from = i + 1;
                afterCr = b == '\r';
                endLine();
            } else {
                afterCr = false;
            }
        }
        take(bytes, from, limit);
        bytes.position(limit);
    }

    private void take(ByteBuffer bytes, int from, int to) {
        if (to - from > maxBytes - line.size()) {
            throw new TooLargeException(maxBytes);
        }
        for (int i = from; i < to; i++) {
            line.write(bytes.get(i));
        }
    }

    private void endLine() {
        byte[] bytes = line.toByteArray();
        line.reset();
        int start = first && startsWithBom(bytes) ? BOM.length : 0;
        first = false;
        if (bytes.length == start) {
            dispatch();
        } else if (bytes[start] == ':') {
            events.comment();
        } else {
            int colon = indexOfColon(bytes, start);
            int value = colon + 1 < bytes.length && bytes[colon + 1] == ' ' ? colon + 2 : colon + 1;
            field(text(bytes, start, colon), bytes, Math.min(value, bytes.length));
        }
    }

    private static boolean startsWithBom(byte[] bytes) {
        return bytes.length >= BOM.length && bytes[0] == BOM[0] && bytes[1] == BOM[1] && bytes[2] == BOM[2];
    }

    /** A line without a colon is a field without a value. */
    private static int indexOfColon(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == ':') {
                return i;
            }
        }
        return bytes.length;
    }

    private void field(String name, byte[] bytes, int value) {
        switch (name) {
            case "data" -> addData(bytes, value);
            case "event" -> type = text(bytes, value, bytes.length);
            case "id" -> {
                String text = text(bytes, value, bytes.length);
                if (text.indexOf('\0') < 0) {
                    id = text;
                }
            }
            case "retry" -> {
                String text = text(bytes, value, bytes.length);
                if (text.matches("\\d{1,18}")) {
                    events.retry(Long.parseLong(text));
                }
            }
            default -> {
                // Fields of later versions.
            }
        }
    }

    private void addData(byte[] bytes, int value) {
        int length = bytes.length - value;
        if (length + 1 > maxBytes - data.size()) {
            throw new TooLargeException(maxBytes);
        }
        if (hasData) {
            data.write('\n');
        }
        data.write(bytes, value, length);
        hasData = true;
    }

    private void dispatch() {
        if (hasData) {
            String text = data.toString(StandardCharsets.UTF_8);
            data.reset();
            hasData = false;
            String named = type;
            type = "";
            events.event(named.isEmpty() ? "message" : named, text, id);
        }
        type = "";
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
