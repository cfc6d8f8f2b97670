package live.telemetry.server.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarnLimiterTest {

    @Test
    void permitsTheFirstAndThenOneEachPeriod() {
        WarnLimiter limiter = new WarnLimiter(Duration.ofNanos(100));

        assertThat(limiter.permits(-7)).isTrue();
        assertThat(limiter.permits(92)).isFalse();
        assertThat(limiter.permits(93)).isTrue();
        assertThat(limiter.permits(94)).isFalse();
    }
}
