package live.telemetry.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessFiguresTest {

    @Test
    void addsUserAndSystemTimeBehindAnyName() {
        String stat = "4242 (a (odd) name) S 1 4242 4242 0 -1 4194304 900 0 0 0 150 25 0 0 20 0 9 0 77 1 2";

        assertThat(ProcessFigures.cpuSeconds(stat)).isEqualTo(1.75);
    }

    @Test
    void readsWhatIsResident() {
        assertThat(ProcessFigures.residentBytes("VmPeak:\t  900 kB\nVmRSS:\t   12 kB\nThreads:\t1\n"))
                .isEqualTo(12 << 10);
    }
}
