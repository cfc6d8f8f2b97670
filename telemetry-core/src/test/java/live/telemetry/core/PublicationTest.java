package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

class PublicationTest {

    private static final Topic TOPIC = Topic.of("app.orders");
    private static final JsonData DATA = JsonData.parse("1");
    private static final long LARGEST = (1L << 53) - 1;

    @Test
    void becomesTheRecordOfANumber() {
        assertThat(new Publication(TOPIC, 5, "eu", DATA).toRecord(9))
                .isEqualTo(new TelemetryRecord(TOPIC, 9, 5, "eu", DATA));
        assertThat(new Publication(TOPIC, 5, null, DATA).toRecord(9).key()).isNull();
    }

    @Test
    void keyHasOneTo255Characters() {
        assertThat(new Publication(TOPIC, 0, "k".repeat(255), DATA).key()).hasSize(255);
        for (String key : new String[] {"", "k".repeat(256)}) {
            assertRefused(() -> new Publication(TOPIC, 0, key, DATA), "a key has 1 to 255 characters");
            assertRefused(() -> new TelemetryRecord(TOPIC, 1, 0, key, DATA), "a key has 1 to 255 characters");
        }
    }

    @Test
    void timestampIsOneThatEveryReaderTakes() {
        assertThat(new Publication(TOPIC, LARGEST, null, DATA).timestampMillis())
                .isEqualTo(LARGEST);
        for (long millis : new long[] {-1, LARGEST + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertRefused(() -> new Publication(TOPIC, millis, null, DATA), "a timestamp is milliseconds since 1970");
            assertRefused(
                    () -> new TelemetryRecord(TOPIC, 1, millis, null, DATA), "a timestamp is milliseconds since 1970");
        }
    }

    @Test
    void recordsAreNumberedFromOneToTheLargestExactDouble() {
        Publication publication = new Publication(TOPIC, 0, null, DATA);

        assertThat(publication.toRecord(LARGEST).seq()).isEqualTo(LARGEST);
        assertThatIllegalArgumentException().isThrownBy(() -> publication.toRecord(0));
        assertThatIllegalArgumentException().isThrownBy(() -> publication.toRecord(LARGEST + 1));
    }

    private static void assertRefused(Runnable step, String message) {
        assertThatThrownBy(step::run)
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageStartingWith(message);
    }
}
