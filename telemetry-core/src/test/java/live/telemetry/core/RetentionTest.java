package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionTest {

    @Test
    void defaultIsWhatItsDocumentationSays() {
        assertThat(Retention.DEFAULT).isEqualTo(new Retention(10_000, 8_388_608, Duration.ofHours(1)));
    }

    @Test
    void eachBoundIsReplacedAlone() {
        Retention retention = new Retention(1, 2, Duration.ofSeconds(3));

        assertThat(retention.withMaxRecords(9)).isEqualTo(new Retention(9, 2, Duration.ofSeconds(3)));
        assertThat(retention.withMaxBytes(9)).isEqualTo(new Retention(1, 9, Duration.ofSeconds(3)));
        assertThat(retention.withMaxAge(Duration.ofNanos(9))).isEqualTo(new Retention(1, 2, Duration.ofNanos(9)));
    }

    @Test
    void boundThatIsNotPositiveIsRefusedWithItsName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Retention.DEFAULT.withMaxRecords(0))
                .withMessage("maxRecords must be at least 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Retention.DEFAULT.withMaxBytes(-1))
                .withMessage("maxBytes must be at least 1: -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Retention.DEFAULT.withMaxAge(Duration.ZERO))
                .withMessage("maxAge must be positive: PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Retention.DEFAULT.withMaxAge(Duration.ofMillis(-1)))
                .withMessageStartingWith("maxAge must be positive: PT-0.001S");
    }
}
