package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.time.Duration;
import live.telemetry.client.transport.TransportRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetryClientBuilderTest {

    @ParameterizedTest
    @CsvSource({
        "ws://h:1/telemetry, ws://h:1/telemetry",
        "wss://h/telemetry, wss://h/telemetry",
        "http://h:8080/telemetry, ws://h:8080/telemetry",
        "HTTPS://h/x/y, wss://h/x/y",
        "http://h:8080, ws://h:8080/telemetry",
        "http://h:8080/, ws://h:8080/telemetry",
        "ws://[::1]:9/t?a=b%20c, ws://[::1]:9/t?a=b%20c",
    })
    void takesWebSocketAndHttpUrls(String url, String target) {
        assertThat(TelemetryClient.builder().url(url).settings().uris()).containsExactly(URI.create(target));
        assertThat(TelemetryClient.builder().url(URI.create(url)).settings().uris())
                .containsExactly(URI.create(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h/", "h:80", "/telemetry", "ws:///x", "ws://user@h/", "ws://h/#f", "ws://h h/"})
    void refusesOtherUrls(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TelemetryClient.builder().url(url))
                .withMessageStartingWith("url ");
    }

    @Test
    void refusesTokensThatWouldBreakAHeader() {
        for (String token : new String[] {"", "a b", "a\r\nX: y", "ä"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TelemetryClient.builder().token(token))
                    .withMessageStartingWith("token ");
        }
    }

    @Test
    void saysWhatIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Timeouts.DEFAULT.withConnect(Duration.ZERO))
                .withMessage("connect must be at least 1 ms: PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientLimits(1024, 0, 1, 1, 1, 1))
                .withMessage("inboxMessages must be at least 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TelemetryClient.builder().urls())
                .withMessage("urls must name at least one server");
        assertThatIllegalStateException()
                .isThrownBy(() -> TelemetryClient.builder().build())
                .withMessageStartingWith("url must be set");
    }

    @Test
    void aClientThatNeverConnectedClosesAtOnce() {
        TelemetryClient client = TelemetryClient.builder().url("ws://h/").build();
        assertThat(client.state()).isEqualTo(ClientState.NEW);
        client.close();
        client.close();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void tokensDoNotShow() {
        assertThat(new TransportRequest(URI.create("ws://h/"), "secret", Duration.ofSeconds(1), 1024, null))
                .asString()
                .doesNotContain("secret");
    }
}
