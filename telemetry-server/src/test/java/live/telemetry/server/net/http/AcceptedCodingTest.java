package live.telemetry.server.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedCodingTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "deflate, gzip",
                "br;q=1.0, gzip;q=0.8, *;q=0.1",
                "gzip ; q=0.001",
                "gzip;q=1",
                ",gzip,"
            })
    void isNamed(String value) {
        assertThat(Heads.get("/", "Accept-Encoding: " + value).fields().acceptsCoding("gzip"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "identity", "br, deflate", "gzip;q=0", "gzip; q=0.000", "xgzip", "gzip2;q=1"})
    void isNotNamedOrRefused(String value) {
        assertThat(Heads.get("/", "Accept-Encoding: " + value).fields().acceptsCoding("gzip"))
                .isFalse();
    }
}
