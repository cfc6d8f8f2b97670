package live.telemetry.server.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HttpAnswerTest {

    @Test
    void anErrorIsTheEnvelopeOfTheProtocol() {
        assertThat(text(HttpAnswer.error(ErrorCode.NOT_FOUND, "no such path: \"/ä\"")))
                .isEqualTo("""
                        HTTP/1.1 404 Not Found\r
                        Content-Type: application/json\r
                        Cache-Control: no-store\r
                        Content-Length: 87\r
                        Connection: close\r
                        \r
                        {"type":"error","code":"NOT_FOUND","message":"no such path: \\"/ä\\"","retryable":false}""");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasItsStatusAndAReason(ErrorCode code) {
        String text = text(HttpAnswer.error(new TelemetryException(code, "why")));
        assertThat(text)
                .matches("(?s)HTTP/1\\.1 " + code.httpStatus() + " [A-Z].*")
                .contains("\"code\":\"" + code + "\"", "\"retryable\":" + code.retryable());
    }

    @Test
    void statusesBringTheirFields() {
        assertThat(text(HttpAnswer.error(new AuthenticationException("no token"))))
                .contains("\r\nWWW-Authenticate: Bearer\r\n");
        assertThat(text(HttpAnswer.error(ErrorCode.UPGRADE_REQUIRED, "")))
                .contains(
                        "\r\nUpgrade: websocket\r\n",
                        "\r\nConnection: Upgrade, close\r\n",
                        "\r\nSec-WebSocket-Version: 13\r\n");
        assertThat(text(HttpAnswer.error(ErrorCode.UPGRADE_REQUIRED, "").keepAlive(true)))
                .contains("\r\nConnection: Upgrade\r\n");
        assertThat(text(HttpAnswer.error(ErrorCode.TOO_MANY_CONNECTIONS, ""))).contains("\r\nRetry-After: 5\r\n");
        HttpException error = new HttpException(
                ErrorCode.TOO_MANY_CONNECTIONS, "full", HttpAnswer.retryAfter(Duration.ofMillis(1001)));
        assertThat(text(HttpAnswer.error(error)))
                .contains("\r\nRetry-After: 2\r\n")
                .doesNotContain("After: 5");
        HttpException notAllowed = new HttpException(ErrorCode.METHOD_NOT_ALLOWED, "", new HeaderField("Allow", "GET"));
        assertThat(text(HttpAnswer.error(notAllowed))).contains("\r\nAllow: GET\r\n");
    }

    @Test
    void keptConnectionsAreNotSaidToClose() {
        HttpAnswer answer = HttpAnswer.json(200, "{}");
        assertThat(answer.keepsAlive()).isFalse();
        HttpAnswer kept = answer.keepAlive(true);
        assertThat(kept.keepsAlive()).isTrue();
        assertThat(text(kept)).doesNotContain("Connection").endsWith("Content-Length: 2\r\n\r\n{}");
    }

    @Test
    void headGetsTheLengthButNotTheBody() {
        HttpAnswer answer = HttpAnswer.of(200, "text/javascript", new byte[1234]);
        assertThat(text(answer.answering(HttpMethod.HEAD)))
                .endsWith("Content-Length: 1234\r\nConnection: close\r\n\r\n");
        assertThat(answer.answering(HttpMethod.GET).content()).hasSize(1234);
    }

    @Test
    void nothingHasNoLength() {
        assertThat(text(HttpAnswer.noContent().keepAlive(true)))
                .isEqualTo("HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n\r\n");
    }

    @Test
    void aStreamEndsWithItsConnection() {
        HttpAnswer answer = HttpAnswer.eventStream().keepAlive(true);
        assertThat(answer.keepsAlive()).isFalse();
        assertThat(text(answer)).isEqualTo("""
                        HTTP/1.1 200 OK\r
                        Content-Type: text/event-stream\r
                        Cache-Control: no-store, no-transform\r
                        X-Accel-Buffering: no\r
                        Connection: close\r
                        \r
                        """);
    }

    @Test
    void aFieldCannotBeginASecondAnswer() {
        HttpAnswer answer = HttpAnswer.noContent();
        assertThatIllegalArgumentException().isThrownBy(() -> answer.with("X", "a\r\nSet-Cookie: b"));
        assertThatIllegalArgumentException().isThrownBy(() -> answer.with("X: y\r\nZ", "a"));
    }

    @Test
    void continueIsAnAnswerOfItsOwn() {
        assertThat(HttpAnswer.continueBytes()).asString().isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
    }

    private static String text(HttpAnswer answer) {
        return new String(answer.head(), StandardCharsets.UTF_8) + new String(answer.content(), StandardCharsets.UTF_8);
    }
}
