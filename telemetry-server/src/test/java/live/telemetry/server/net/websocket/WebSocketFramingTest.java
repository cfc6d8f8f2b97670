package live.telemetry.server.net.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6455 §5.2: the shortest notation of a length, and no mask. */
class WebSocketFramingTest {

    @ParameterizedTest
    @CsvSource({
        "0,      81 00",
        "1,      81 01",
        "125,    81 7d",
        "126,    81 7e 00 7e",
        "256,    81 7e 01 00",
        "65535,  81 7e ff ff",
        "65536,  81 7f 00 00 00 00 00 01 00 00",
        "1000000, 81 7f 00 00 00 00 00 0f 42 40"
    })
    void headFitsTheLength(int length, String head) {
        String text = "x".repeat(length);
        byte[] frame = WebSocketFraming.INSTANCE.frame(text);
        String[] expected = head.split(" ");
        for (int i = 0; i < expected.length; i++) {
            assertThat(frame[i] & 0xFF).as("byte " + i).isEqualTo(Integer.parseInt(expected[i], 16));
        }
        byte[] payload = Arrays.copyOfRange(frame, expected.length, frame.length);
        assertThat(new String(payload, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void lengthCountsBytesAndNotCharacters() {
        assertThat(WebSocketFraming.INSTANCE.frame("€")).hasSize(5).startsWith(0x81, 3);
    }

    @Test
    void controlFrames() {
        assertThat(WebSocketFraming.frame(Opcode.PING, new byte[0])).containsExactly(0x89, 0);
        assertThat(WebSocketFraming.frame(Opcode.PONG, new byte[] {1, 2})).containsExactly(0x8A, 2, 1, 2);
        assertThat(WebSocketFraming.frame(Opcode.CLOSE, new byte[] {3, (byte) 0xE8}))
                .containsExactly(0x88, 2, 3, 0xE8);
    }
}
