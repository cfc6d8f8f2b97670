package live.telemetry.tck.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Forwards the head of a server's first HTTP response as it comes, and what follows to where the status leads. What does not
 * begin like HTTP is forwarded as it is. One thread writes.
 */
final class ResponseOutput extends OutputStream {

    private static final String START = "HTTP/1.";
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.\\d (\\d{3})[ \r]");

    private final OutputStream out;
    private final IntFunction<OutputStream> byStatus;
    private final HeadBuffer head = new HeadBuffer();
    private int seen;
    private @Nullable OutputStream rest;

    ResponseOutput(OutputStream out, IntFunction<OutputStream> byStatus) {
        this.out = out;
        this.byStatus = byStatus;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        int next = offset;
        boolean complete = false;
        while (rest == null && !complete && next < end) {
            complete = head.endsWith(bytes[next]);
            if (head.isFull() || seen < START.length() && bytes[next] != START.charAt(seen)) {
                rest = out;
            }
            seen++;
            next++;
        }
        if (next > offset) {
            out.write(bytes, offset, next - offset);
        }
        if (complete) {
            Matcher status = STATUS.matcher(head.text());
            rest = status.lookingAt() ? byStatus.apply(Integer.parseInt(status.group(1))) : out;
        }
        if (next < end && rest != null) {
            rest.write(bytes, next, end - next);
        }
    }

    @Override
    public void close() throws IOException {
        (rest == null ? out : rest).close();
    }
}
