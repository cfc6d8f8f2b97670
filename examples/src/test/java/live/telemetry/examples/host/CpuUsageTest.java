package live.telemetry.examples.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuUsageTest {

    // USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL
    private static final long[] BEFORE = {1_000, 0, 500, 9_000, 100, 10, 10, 10};

    @Test
    void isTheShareOfTheTicksInBetween() {
        long[] after = {1_030, 10, 515, 9_025, 110, 12, 13, 15};

        assertThat(CpuUsage.between(BEFORE, after)).contains(new CpuUsage(65, 40, 20, 10, 5));
    }

    @Test
    void isUnknownWhileNoTickHasPassed() {
        assertThat(CpuUsage.between(BEFORE, BEFORE)).isEmpty();
    }

    @Test
    void counterThatGoesBackCountsAsStanding() {
        long[] after = {1_050, 0, 500, 9_050, 90, 10, 10, 10};

        assertThat(CpuUsage.between(BEFORE, after)).contains(new CpuUsage(50, 50, 0, 0, 0));
    }
}
