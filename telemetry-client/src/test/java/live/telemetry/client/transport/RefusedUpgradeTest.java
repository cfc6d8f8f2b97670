package live.telemetry.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedUpgradeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Invalid status code received: 401 Status line: HTTP/1.1 401 Unauthorized | 401",
                "Invalid status code received: 503 Status line: HTTP/1.1 503 Service Unavailable | 503",
                "Invalid status code received: 403 | 403",
                "invalid STATUS CODE 429 | 429",
                "HTTP/2 401 | 401",
                "the server answered 401 to the upgrade | 401",
                "Invalid status line received: HTTP/1.0 Status line: HTTP/1.0 101 Switching | 101",
                "Connection refused: host/10.0.0.1:4010 | 0",
                "connect to 192.168.1.401:401 failed | 0",
                "draft Draft_6455 extension: refuses handshake | 0",
                "'' | 0",
            })
    void findsTheStatus(String text, int status) {
        assertThat(RefusedUpgrade.statusIn(text)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({","})
    void takesNoTextForNoStatus(String text) {
        assertThat(RefusedUpgrade.statusIn(text)).isZero();
    }
}
