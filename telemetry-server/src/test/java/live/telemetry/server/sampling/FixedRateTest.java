package live.telemetry.server.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FixedRateTest {

    @Test
    void staysOnItsGridWhenTicksRunALittleLate() {
        FixedRate rate = startedAt(1_000);

        assertThat(rate.advance(1_000)).isEqualTo(100);
        assertThat(rate.advance(1_107)).isEqualTo(93);
        assertThat(rate.advance(1_250)).isEqualTo(50);
    }

    @Test
    void leavesOutWhatPassedDuringAPause() {
        FixedRate rate = startedAt(0);

        assertThat(rate.advance(12_345)).isEqualTo(55);
        assertThat(rate.advance(12_400)).isEqualTo(100);
    }

    @Test
    void goesOnWhenNanoTimeOverflows() {
        FixedRate rate = startedAt(Long.MAX_VALUE - 10);

        assertThat(rate.advance(Long.MAX_VALUE - 5)).isEqualTo(95);
        assertThat(rate.advance(Long.MIN_VALUE + 100)).isEqualTo(89);
    }

    private static FixedRate startedAt(long nanos) {
        FixedRate rate = new FixedRate(100);
        rate.start(nanos);
        return rate;
    }
}
