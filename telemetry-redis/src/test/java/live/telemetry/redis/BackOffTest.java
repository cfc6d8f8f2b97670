package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffTest {

    private double random = 1;
    private final BackOff backOff = new BackOff(() -> random);

    private long millis() {
        return Duration.ofNanos(backOff.afterFailure()).toMillis();
    }

    @Test
    void doublesFromFiftyMillisecondsToTwoSeconds() {
        long[] pauses = new long[8];
        for (int i = 0; i < pauses.length; i++) {
            pauses[i] = millis();
        }
        assertThat(pauses).containsExactly(50, 100, 200, 400, 800, 1_600, 2_000, 2_000);
        backOff.succeeded();
        assertThat(millis()).isEqualTo(50);
    }

    @Test
    void isAnythingUpToThat() {
        random = 0;
        assertThat(millis()).isZero();
        random = 0.5;
        assertThat(millis()).isEqualTo(50);
    }
}
