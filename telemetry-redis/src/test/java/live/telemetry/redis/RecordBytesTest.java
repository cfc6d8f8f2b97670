package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBytesTest {

    private static final Topic TOPIC = Topic.of("a");

    @Test
    void recordIsReadAsItWasWritten() {
        JsonData data = JsonData.parse("{\"größe\":[1,-2.5e3,null],\"text\":\"\uD83D\uDE00\"}");
        for (Publication publication : new Publication[] {
            new Publication(TOPIC, 0, null, data),
            new Publication(TOPIC, 127, "k", data),
            new Publication(TOPIC, 128, "größe/\uD83D\uDE00", data),
            new Publication(TOPIC, Position.SEQ_LIMIT - 1, "k".repeat(255), JsonData.of(null)),
            new Publication(TOPIC, 1_795_507_200_123L, null, JsonData.of("x".repeat(20_000)))
        }) {
            ByteBuffer bytes = ByteBuffer.wrap(RecordBytes.encode(publication));
            assertThat(RecordBytes.decode(TOPIC, 7, bytes)).isEqualTo(publication.toRecord(7));
            assertThat(bytes.hasRemaining()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "{", "", "{\"a\":1,\"a\":2}", "1 2", "\"\u0001\""})
    void dataThatIsNoJsonIsNoRecord(String data) {
        byte[] text = data.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(3 + text.length);
        bytes.put((byte) (2 + text.length))
                .put((byte) 1)
                .put((byte) 0)
                .put(text)
                .flip();
        assertThat(RecordBytes.decode(TOPIC, 1, bytes)).isNull();
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void textThatIsNoUtf8IsNoRecord() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {5, 1, 0, '"', (byte) 0xFF, '"'});
        assertThat(RecordBytes.decode(TOPIC, 1, bytes)).isNull();
    }

    @Test
    void keyThatIsLongerThanTheRecordIsNoRecord() {
        assertThat(RecordBytes.decode(TOPIC, 1, ByteBuffer.wrap(new byte[] {3, 1, 9, '1'})))
                .isNull();
    }

    @Test
    void lengthBeyondTheEndIsToldApart() {
        assertThatThrownBy(() -> RecordBytes.decode(TOPIC, 1, ByteBuffer.wrap(new byte[] {9, 1})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void arbitraryBytesNeverDoWorse() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            try {
                RecordBytes.decode(TOPIC, 1, ByteBuffer.wrap(bytes));
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed " + seed).hasMessageMatching("a (record|number) .*");
            }
        }
    }
}
