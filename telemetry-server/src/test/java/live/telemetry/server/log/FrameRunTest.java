package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FrameRunTest {

    /** Records 5 to 8, which end at 10, 30, 60 and 100. */
    private final FrameRun run = new DetachedRun(5, List.of(new byte[10], new byte[20], new byte[30], new byte[40]));

    @Test
    void containsItsRecords() {
        assertThat(run.contains(4)).isFalse();
        assertThat(run.contains(5)).isTrue();
        assertThat(run.contains(8)).isTrue();
        assertThat(run.contains(9)).isFalse();
    }

    @Test
    void lastWithinIsTheLastThatFits() {
        assertThat(run.lastWithin(5, 8, 100)).isEqualTo(8);
        assertThat(run.lastWithin(5, 8, 99)).isEqualTo(7);
        assertThat(run.lastWithin(5, 8, 60)).isEqualTo(7);
        assertThat(run.lastWithin(5, 8, 59)).isEqualTo(6);
        assertThat(run.lastWithin(6, 8, 50)).isEqualTo(7);
        assertThat(run.lastWithin(7, 8, 30)).isEqualTo(7);
    }

    @Test
    void lastWithinDoesNotGoBeyondTheLimit() {
        assertThat(run.lastWithin(5, 6, 1_000)).isEqualTo(6);
        assertThat(run.lastWithin(6, 6, 1_000)).isEqualTo(6);
    }

    @Test
    void lastWithinIsAtLeastTheFirst() {
        assertThat(run.lastWithin(5, 8, 1)).isEqualTo(5);
        assertThat(run.lastWithin(8, 8, 1)).isEqualTo(8);
        assertThat(run.lastWithin(7, 8, 0)).isEqualTo(7);
    }

    @Test
    void startOfARecordBelongsToIt() {
        assertThat(run.recordAt(0, 5, 8)).isEqualTo(5);
        assertThat(run.recordAt(9, 5, 8)).isEqualTo(5);
        assertThat(run.recordAt(10, 5, 8)).isEqualTo(6);
        assertThat(run.recordAt(29, 5, 8)).isEqualTo(6);
        assertThat(run.recordAt(30, 5, 8)).isEqualTo(7);
        assertThat(run.recordAt(99, 5, 8)).isEqualTo(8);
        assertThat(run.recordAt(30, 7, 7)).isEqualTo(7);
    }
}
