package live.telemetry.server.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HttpDateTest {

    @Test
    void isWrittenAsHeaderFieldsWriteIt() {
        assertThat(HttpDate.of(784_111_777_999L)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(HttpDate.of(784_111_778_000L)).isEqualTo("Sun, 06 Nov 1994 08:49:38 GMT");
    }
}
