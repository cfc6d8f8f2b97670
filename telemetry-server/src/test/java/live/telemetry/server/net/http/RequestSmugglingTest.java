package live.telemetry.server.net.http;

import static live.telemetry.server.net.http.Heads.assertRefused;

import java.util.stream.Stream;
import live.telemetry.core.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes of requests that two parties might read differently, or that are malformed otherwise. */
class RequestSmugglingTest {

    private static final String POST = "POST /telemetry/poll HTTP/1.1\r\nHost: localhost\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 0\r\ncontent-length: 5",
                "Content-Length: 5, 5",
                "Content-Length: 5,6",
                "Content-Length: +5",
                "Content-Length: -5",
                "Content-Length: -0",
                "Content-Length: 0x5",
                "Content-Length: 5.0",
                "Content-Length: 5e1",
                "Content-Length: 5 5",
                "Content-Length: \u00d9\u00a5",
                "Content-Length: five",
                "Content-Length: \"5\"",
                "Content-Length:",
                "Content-Length:  ",
                "Content-Length : 5",
                "Content-Length\t: 5",
                "Content-Length\u000b: 5",
                "Content-Length\u00a0: 5",
                " Content-Length: 5",
                "\tContent-Length: 5",
                "X: y\r\n Content-Length: 5",
                "X: y\r\n\tfolded",
                "X: y\r\n ",
                "X: y\nContent-Length: 5",
                "X: y\rContent-Length: 5",
                "X: y\r\rContent-Length: 5",
                "X: y\r\r\nContent-Length: 5",
                "\nContent-Length: 5",
                "X: a\u0000b",
                "X: a\u0008b",
                "X: a\u007fb",
                "X\u0000: a",
                "X",
                ": y",
                "\u00c4: y",
                "X Y: z",
                "X(: y",
                "\"X\": y",
                "X@Y: z",
                "X\u00e2\u0080\u00a8: y"
            })
    void headerLinesOfADoubtfulShape(String lines) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> Heads.parseRaw(POST + lines + "\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked",
                "transfer-encoding: chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding:",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow"
            })
    void anyTransferEncoding(String lines) {
        assertRefused(ErrorCode.NOT_IMPLEMENTED, () -> Heads.parseRaw(POST + lines + "\r\n\r\n"));
        String old = POST.replace("HTTP/1.1", "HTTP/1.0");
        assertRefused(ErrorCode.NOT_IMPLEMENTED, () -> Heads.parseRaw(old + lines + "\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Transfer-Encoding : chunked", " Transfer-Encoding: chunked", "X: y\nTransfer-Encoding: chunked"
            })
    void hiddenTransferEncoding(String lines) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> Heads.parseRaw(POST + lines + "\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "GET /",
                "GET / ",
                " GET / HTTP/1.1",
                "GET  / HTTP/1.1",
                "GET /  HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET\t/\tHTTP/1.1",
                "GET /\tHTTP/1.1",
                "GET /a b HTTP/1.1",
                "GET / HTTP/1.1 HTTP/1.1",
                "G(T / HTTP/1.1",
                "G\u00cbT / HTTP/1.1",
                "GET / HTTP/0.9",
                "GET / HTTP/1.2",
                "GET / HTTP/1.10",
                "GET / HTTP/1",
                "GET / HTTP/2",
                "GET / HTTP/2.0",
                "GET / http/1.1",
                "GET / XTTP/1.1",
                "GET / HTTP/1,1",
                "PRI * HTTP/2.0",
                "GET * HTTP/1.1",
                "GET telemetry HTTP/1.1",
                "GET localhost:80 HTTP/1.1",
                "CONNECT localhost:80 HTTP/1.1",
                "GET /#fragment HTTP/1.1",
                "GET /\u00e4 HTTP/1.1",
                "GET /% HTTP/1.1",
                "GET /%4 HTTP/1.1",
                "GET /%4g HTTP/1.1",
                "GET /%+4 HTTP/1.1",
                "GET /%ff HTTP/1.1",
                "GET /%c0%af HTTP/1.1",
                "GET /%ed%a0%80 HTTP/1.1",
                "GET /a%2fb HTTP/1.1",
                "GET /a%2Fb HTTP/1.1",
                "GET /a%5cb HTTP/1.1",
                "GET /a\\b HTTP/1.1",
                "GET /%00 HTTP/1.1",
                "GET /%0d%0aX:y HTTP/1.1",
                "GET /%7f HTTP/1.1",
                "GET /?topic=% HTTP/1.1",
                "GET /?topic=%zz HTTP/1.1",
                "GET /?%e4=1 HTTP/1.1",
                "GET ftp://localhost/ HTTP/1.1",
                "GET ://localhost/ HTTP/1.1",
                "GET http:///path HTTP/1.1",
                "GET http:/localhost HTTP/1.1",
                "GET http://ann@localhost/ HTTP/1.1",
                "GET http://other/ HTTP/1.1",
                "GET http://localhost:81/ HTTP/1.1"
            })
    void requestLines(String requestLine) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> Heads.parse(requestLine, "Host: localhost"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host:\r\n",
                "Host: a\r\nHost: a\r\n",
                "Host: a\r\nHost: b\r\n",
                "Host: a, b\r\n",
                "Host: a b\r\n",
                "Host: ann@a\r\n",
                "Host: a/b\r\n",
                "Host: a?b\r\n",
                "Host: http://a\r\n",
                "Host: :80\r\n",
                "Host: a:b\r\n",
                "Host: a:80:80\r\n",
                "Host: a:65536\r\n",
                "Host: a:999999999999\r\n",
                "Host: a:-1\r\n",
                "Host: ::1\r\n",
                "Host: [::1\r\n",
                "Host: []\r\n",
                "Host: [abc]\r\n",
                "Host: [::g]\r\n",
                "Host: [::1]80\r\n",
                "Host: [fe80::1%25eth0]\r\n",
                "Host: \u00e4\r\n"
            })
    void hosts(String lines) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> Heads.parseRaw("GET / HTTP/1.1\r\n" + lines + "\r\n"));
        if (!lines.isEmpty()) {
            assertRefused(ErrorCode.BAD_REQUEST, () -> Heads.parseRaw("GET / HTTP/1.0\r\n" + lines + "\r\n"));
        }
    }

    @ParameterizedTest
    @MethodSource("methodsWithoutBody")
    void bodiesWhereTheyHaveNoMeaning(String method) {
        assertRefused(
                ErrorCode.BAD_REQUEST,
                () -> Heads.parse(method + " /telemetry HTTP/1.1", "Host: localhost", "Content-Length: 44"));
        Heads.parse(method + " /telemetry HTTP/1.1", "Host: localhost", "Content-Length: 0");
    }

    static Stream<String> methodsWithoutBody() {
        return Stream.of("GET", "HEAD", "OPTIONS");
    }

    @Test
    void lengthsBeyondALong() {
        assertRefused(
                ErrorCode.BODY_TOO_LARGE, () -> Heads.parseRaw(POST + "Content-Length: 18446744073709551621\r\n\r\n"));
    }
}
