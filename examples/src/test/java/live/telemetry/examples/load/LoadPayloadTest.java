package live.telemetry.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadPayloadTest {

    private static final long[] TIMES = {0, 9, 10, 123_456_789_012L, Long.MAX_VALUE, Long.MIN_VALUE, 99, -1};

    @ParameterizedTest
    @ValueSource(ints = {35, 64, 200, 100_000})
    void hasExactlyTheLengthAskedForWhateverTheTime(int bytes) {
        LoadPayload payload = new LoadPayload(bytes);

        for (long time : TIMES) {
            assertThat(payload.at(time).getBytes(StandardCharsets.UTF_8)).hasSize(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {35, 200})
    void isCompactJsonWithTheTime(int bytes) {
        LoadPayload payload = new LoadPayload(bytes);

        for (long time : TIMES) {
            String text = payload.at(time);
            assertThat(JsonData.parse(text).text()).isEqualTo(text);
            assertThat(text).startsWith("{\"t\":" + time + ",");
        }
    }
}
