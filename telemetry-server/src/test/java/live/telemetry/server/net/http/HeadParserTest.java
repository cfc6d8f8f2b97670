package live.telemetry.server.net.http;

import static live.telemetry.server.net.http.Heads.assertRefused;
import static live.telemetry.server.net.http.Heads.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import live.telemetry.core.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadParserTest {

    private static final String GET = "GET /telemetry HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final HeadParser parser = new HeadParser(200);

    @Test
    void bytesOneByOneMakeAHeadWithTheLast() {
        for (int i = 0; i < GET.length() - 1; i++) {
            assertThat(parser.parse(bytes(GET.substring(i, i + 1)))).isEmpty();
            assertThat(parser.hasBegun()).isTrue();
        }
        assertThat(parser.parse(bytes("\n"))).isPresent();
        assertThat(parser.hasBegun()).isFalse();
    }

    @Test
    void whatFollowsTheHeadIsLeft() {
        ByteBuffer in = bytes(GET + "\r\nbody");
        assertThat(parser.parse(in)).isPresent();
        assertThat(StandardCharsets.ISO_8859_1.decode(in).toString()).isEqualTo("\r\nbody");
    }

    @Test
    void pipelinedRequestsComeOneAtATime() {
        ByteBuffer in = bytes(GET + GET.replace("/telemetry", "/second"));
        assertThat(parser.parse(in).orElseThrow().path()).isEqualTo("/telemetry");
        assertThat(parser.parse(in).orElseThrow().path()).isEqualTo("/second");
        assertThat(parser.parse(in)).isEmpty();
        assertThat(parser.hasBegun()).isFalse();
    }

    @Test
    void oneEmptyLineBeforeTheRequestIsForgiven() {
        ByteBuffer in = bytes("\r\n" + GET + "\r\n" + GET);
        assertThat(parser.parse(in).orElseThrow().path()).isEqualTo("/telemetry");
        assertThat(parser.parse(in)).isPresent();
        assertRefused(ErrorCode.BAD_REQUEST, () -> parser.parse(bytes("\r\n\r\n" + GET)));
    }

    @Test
    void anEmptyLineAloneIsNotTheBeginningOfARequest() {
        assertThat(parser.parse(bytes("\r\n"))).isEmpty();
        assertThat(parser.hasBegun()).isFalse();
    }

    @Test
    void theHeadMayHaveExactlyTheLimit() {
        int room = 200 - GET.length() - "X: \r\n".length();
        String exact = GET.replace("\r\n\r\n", "\r\nX: " + "x".repeat(room) + "\r\n\r\n");
        assertThat(exact).hasSize(200);
        assertThat(parser.parse(bytes(exact))).isPresent();
        assertRefused(ErrorCode.HEAD_TOO_LARGE, () -> parser.parse(bytes(exact.replace("X:", "XX:"))));
    }

    @Test
    void aHeadThatNeverEndsIsRefusedAtTheLimit() {
        ByteBuffer in = bytes("GET /" + "a".repeat(10_000));
        assertRefused(ErrorCode.HEAD_TOO_LARGE, () -> parser.parse(in));
        assertThat(in.position()).isEqualTo(201);
    }

    @Test
    void theNumberOfFieldsIsBounded() {
        String most = "GET / HTTP/1.1\r\nHost: a\r\n" + "x:y\r\n".repeat(HeadGrammar.MAX_FIELDS - 1);
        assertThat(Heads.parseRaw(most + "\r\n").fields().all("x")).hasSize(HeadGrammar.MAX_FIELDS - 1);
        assertRefused(ErrorCode.HEAD_TOO_LARGE, () -> Heads.parseRaw(most + "x:y\r\n\r\n"));
    }

    @Test
    void theLimitMustBePositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HeadParser(0));
    }

    /** Refused at once and not when a head is complete: there never will be one. */
    @ParameterizedTest
    @ValueSource(
            strings = {"\u0016\u0003\u0001", "\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\rH", "\u0000", "GET /\u007f"})
    void whatCannotBecomeAHeadIsRefusedEarly(String start) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> parser.parse(bytes(start)));
    }

    @Test
    void theOutcomeDoesNotDependOnHowTheBytesWereCut() {
        String[] requests = {
            GET,
            "\r\n" + GET + "left over",
            "POST /telemetry/poll?a=%20b&c HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 3\r\nCookie: \u00e4\r\n\r\n{}\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /" + "a".repeat(300) + " HTTP/1.1\r\n\u0001",
        };
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            String request = requests[random.nextInt(requests.length)];
            assertThat(outcome(request, random))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(outcome(request, null));
        }
    }

    /** What comes out, in words; cut at random places if there is a random. */
    private static String outcome(String request, @Nullable Random random) {
        HeadParser parser = new HeadParser(200);
        int start = 0;
        try {
            while (start < request.length()) {
                int size = random == null ? request.length() : 1 + random.nextInt(random.nextBoolean() ? 3 : 60);
                int end = Math.min(request.length(), start + size);
                ByteBuffer in = bytes(request.substring(start, end));
                Optional<RequestHead> head = parser.parse(in);
                if (head.isPresent()) {
                    return describe(head.get()) + " | " + request.substring(start + in.position());
                }
                start = end;
            }
            return "incomplete";
        } catch (HttpException e) {
            return e.code() + " " + e.getMessage();
        }
    }

    private static String describe(RequestHead head) {
        return head + " " + head.query().names() + head.contentLength()
                + head.fields().all("Cookie") + head.host();
    }
}
