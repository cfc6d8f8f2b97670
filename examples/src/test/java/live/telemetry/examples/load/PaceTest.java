package live.telemetry.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MILLI = 1_000_000;

    @Test
    void recordsAreDueOneAfterAnother() {
        Pace pace = new Pace(1_000, Duration.ofMillis(50), 0);

        assertThat(pace.due(0)).isEqualTo(1);
        assertThat(pace.take()).isZero();
        assertThat(pace.due(MILLI - 1)).isZero();
        assertThat(pace.nanosUntilNext(MILLI - 1)).isEqualTo(1);
        assertThat(pace.due(MILLI)).isEqualTo(1);
        assertThat(pace.take()).isEqualTo(1);
        assertThat(pace.nanosUntilNext(MILLI)).isEqualTo(MILLI);
    }

    @Test
    void aSmallDelayIsMadeUpFor() {
        Pace pace = new Pace(1_000, Duration.ofMillis(50), 0);

        assertThat(pace.due(49 * MILLI)).isEqualTo(50);
        assertThat(pace.leftOut()).isZero();
    }

    @Test
    void whatIsFurtherBehindIsLeftOut() {
        Pace pace = new Pace(1_000, Duration.ofMillis(50), 0);

        assertThat(pace.due(999 * MILLI)).isEqualTo(50);
        assertThat(pace.leftOut()).isEqualTo(950);
        assertThat(pace.take()).isEqualTo(950);
    }

    @Test
    void slowPacesMayBeOneBehind() {
        Pace pace = new Pace(0.5, Duration.ofMillis(50), 0);

        assertThat(pace.due(0)).isEqualTo(1);
        pace.take();
        assertThat(pace.due(10_000 * MILLI)).isEqualTo(1);
        assertThat(pace.leftOut()).isEqualTo(4);
    }

    @Test
    void thereAreNoRoundingErrorsInTheLongRun() {
        Pace pace = new Pace(3_000, Duration.ofDays(2), 0);

        assertThat(pace.due(Duration.ofDays(1).toNanos())).isEqualTo(86_400L * 3_000 + 1);
    }

    @Test
    void startMayBeAnyNanoTime() {
        Pace pace = new Pace(1_000, Duration.ofMillis(50), Long.MAX_VALUE - 10);

        assertThat(pace.due(Long.MAX_VALUE - 10 + 3 * MILLI)).isEqualTo(4);
    }
}
