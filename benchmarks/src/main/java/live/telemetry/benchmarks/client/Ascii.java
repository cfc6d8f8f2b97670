package live.telemetry.benchmarks.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The text around records: heads of HTTP, requests, the fields of an envelope that are needed. */
final class Ascii {

    private static final String END_OF_HEAD = "\r\n\r\n";

    private Ascii() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The head of an answer, which is taken out of the buffer; null if it has not come in whole. */
    static @Nullable String takeHead(ByteBuffer in) {
        String text = text(in.array(), in.position(), in.limit());
        int end = text.indexOf(END_OF_HEAD);
        if (end < 0) {
            return null;
        }
        in.position(in.position() + end + END_OF_HEAD.length());
        return text.substring(0, end);
    }

    static String statusLine(String head) {
        return head.lines().findFirst().orElse("");
    }

    /** What stands between the two, at the first place where both are. */
    static Optional<String> between(String text, String before, String after) {
        int start = text.indexOf(before);
        int end = start < 0 ? -1 : text.indexOf(after, start + before.length());
        return end < 0 ? Optional.empty() : Optional.of(text.substring(start + before.length(), end));
    }

    /** A request of JSON for what the plan subscribes to; these carriers begin at the plan's default, which is now. */
    static byte[] post(String path, String accept, ReaderPlan plan, int port, String moreFields) {
        String subscriptions = plan.subscriptions().stream()
                .map(subscription -> "{\"topic\":\"" + subscription.pattern() + "\"}")
                .collect(Collectors.joining(","));
        String body = "{\"subscribe\":[" + subscriptions + "]" + moreFields + "}";
        return bytes("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAccept: " + accept
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + END_OF_HEAD + body);
    }
}
