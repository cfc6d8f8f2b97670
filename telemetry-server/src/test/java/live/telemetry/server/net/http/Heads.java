package live.telemetry.server.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import live.telemetry.core.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Request heads for the tests. */
final class Heads {

    private Heads() {}

    /** A valid GET with further header lines. */
    static RequestHead get(String target, String... lines) {
        return parse("GET " + target + " HTTP/1.1", withHost(lines));
    }

    /** From a request line and header lines. */
    static RequestHead parse(String requestLine, String... lines) {
        return parseRaw(text(requestLine, lines));
    }

    static String text(String requestLine, String... lines) {
        StringBuilder text = new StringBuilder(requestLine).append("\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** From the bytes of a complete head, one a character, behind which nothing is left. */
    static RequestHead parseRaw(String text) {
        ByteBuffer in = bytes(text);
        RequestHead head = new HeadParser(32 << 10).parse(in).orElseThrow();
        assertThat(in.remaining()).isZero();
        return head;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static HttpException assertRefused(ErrorCode code, ThrowingCallable call) {
        HttpException refusal =
                assertThatExceptionOfType(HttpException.class).isThrownBy(call).actual();
        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
        return refusal;
    }

    private static String[] withHost(String[] lines) {
        String[] all = new String[lines.length + 1];
        all[0] = "Host: localhost:8080";
        System.arraycopy(lines, 0, all, 1, lines.length);
        return all;
    }
}
