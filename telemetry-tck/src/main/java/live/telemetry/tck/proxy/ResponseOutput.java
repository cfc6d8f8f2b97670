package live.telemetry.tck.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the head of a server's first HTTP response and lets another decide what follows it. What does not begin like HTTP is
 * forwarded as it comes. One thread writes.
 */
final class ResponseOutput extends OutputStream {

    /** Forwards a head, and says where the rest of the stream goes. */
    @FunctionalInterface
    interface HeadRelay {
        OutputStream relay(int status, byte[] head) throws IOException;
    }

    private static final String START = "HTTP/1.";
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.\\d (\\d{3})[ \r]");

    private final OutputStream out;
    private final HeadRelay relay;
    private final HeadBuffer head = new HeadBuffer();
    private @Nullable OutputStream rest;

    ResponseOutput(OutputStream out, HeadRelay relay) {
        this.out = out;
        this.relay = relay;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int next = offset;
        int end = offset + length;
        while (rest == null && next < end) {
            rest = afterByte(bytes[next]);
            next++;
        }
        if (rest != null && next < end) {
            rest.write(bytes, next, end - next);
        }
    }

    /** Where the rest goes, or null while the head is not complete. */
    private @Nullable OutputStream afterByte(byte next) throws IOException {
        int index = head.size();
        boolean complete = head.endsWith(next);
        boolean http = index >= START.length() || next == START.charAt(index);
        if (http && !complete && !head.isFull()) {
            return null;
        }
        Matcher status = STATUS.matcher(head.text());
        if (complete && status.lookingAt()) {
            return relay.relay(Integer.parseInt(status.group(1)), head.toBytes());
        }
        out.write(head.toBytes());
        return out;
    }

    @Override
    public void close() throws IOException {
        if (rest == null) {
            out.write(head.toBytes());
            out.close();
        } else {
            rest.close();
        }
    }
}
