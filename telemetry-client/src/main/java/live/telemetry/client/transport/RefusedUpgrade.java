package live.telemetry.client.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered instead of upgrading. The engine keeps neither headers nor body of such an answer, so it is read from
 * the bytes that the engine is given.
 *
 * @param status the HTTP status
 * @param retryAfter what {@code Retry-After} asks for (RFC 9110 §10.2.3), or null
 * @param message the server's words, or those of the status line
 * @param byServer whether it is an {@code error} of ours, rather than the page of something before the server
 */
record RefusedUpgrade(int status, @Nullable Duration retryAfter, String message, boolean byServer) {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/\\d(?:\\.\\d)? +([1-5]\\d\\d)(?: +([^\\r\\n]*))?");
    private static final Pattern RETRY_AFTER =
            Pattern.compile("\\r\\nretry-after *: *([^\\r\\n]*)", Pattern.CASE_INSENSITIVE);
    private static final String END_OF_HEAD = "\r\n\r\n";

    /**
     * Reads an answer, as far as it has come.
     *
     * @param bytes from the answer's beginning; left as they are
     * @return empty if the head is not whole yet, or accepts the upgrade
     */
    static Optional<RefusedUpgrade> in(ByteBuffer bytes) {
        String text = StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        int end = text.indexOf(END_OF_HEAD);
        Matcher statusLine = STATUS_LINE.matcher(text);
        if (end < 0 || !statusLine.lookingAt() || statusLine.group(1).equals("101")) {
            return Optional.empty();
        }
        int status = Integer.parseInt(statusLine.group(1));
        Matcher retryAfter = RETRY_AFTER.matcher(text.substring(0, end));
        Duration wait = retryAfter.find() ? RetryAfter.read(retryAfter.group(1)) : null;
        String phrase = statusLine.group(2) == null ? "" : statusLine.group(2);
        String message = message(text.substring(end + END_OF_HEAD.length()));
        return Optional.of(new RefusedUpgrade(status, wait, message == null ? phrase : message, message != null));
    }

    private static @Nullable String message(String body) {
        try {
            return EnvelopeCodec.decodeServer(body) instanceof Failure failure ? failure.message() : null;
        } catch (ProtocolException | IllegalArgumentException e) {
            // Not from our server, but from something before it.
            return null;
        }
    }
}
