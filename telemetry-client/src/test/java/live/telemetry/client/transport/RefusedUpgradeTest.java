package live.telemetry.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusedUpgradeTest {

    private static Optional<RefusedUpgrade> read(String... lines) {
        ByteBuffer bytes = ByteBuffer.wrap(String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8));
        int before = bytes.position();
        Optional<RefusedUpgrade> read = RefusedUpgrade.in(bytes);
        assertThat(bytes.position()).as("left for the engine").isEqualTo(before);
        return read;
    }

    @Test
    void takesTheServersWords() {
        String body = "{\"type\":\"error\",\"code\":\"UNAUTHENTICATED\",\"message\":\"the token has expired\","
                + "\"retryable\":false}";
        assertThat(read("HTTP/1.1 401 Unauthorized", "Content-Length: " + body.length(), "", body))
                .contains(new RefusedUpgrade(401, null, "the token has expired", true));
    }

    @Test
    void takesTheStatusLineOfOthers() {
        assertThat(read("HTTP/1.1 502 Bad Gateway", "", "<html>nginx</html>"))
                .contains(new RefusedUpgrade(502, null, "Bad Gateway", false));
        assertThat(read("HTTP/1.0 403", "", "")).contains(new RefusedUpgrade(403, null, "", false));
    }

    @Test
    void findsHowLongToWait() {
        assertThat(read("HTTP/1.1 503 Busy", "retry-after: 7", "", "")
                        .orElseThrow()
                        .retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(5));
        assertThat(read("HTTP/1.1 503 Busy", "Retry-After: " + date, "", "")
                        .orElseThrow()
                        .retryAfter())
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(read("HTTP/1.1 503 Busy", "Retry-After: soon", "", "")
                        .orElseThrow()
                        .retryAfter())
                .isNull();
    }

    @Test
    void waitsForTheWholeHead() {
        assertThat(read("HTTP/1.1 401 Unauthorized", "Content-Length: 3", "")).isEmpty();
    }

    @Test
    void anUpgradeIsNoRefusal() {
        assertThat(read("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "", ""))
                .isEmpty();
    }

    @Test
    void whatIsNoHttpIsNoRefusal() {
        assertThat(read("SSH-2.0-OpenSSH_9.6", "", "")).isEmpty();
    }
}
